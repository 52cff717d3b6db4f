-- What a role reaches: the organizations in which its holder may use it.
CREATE OR REPLACE FUNCTION app.role_scope(role text, organization uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF organization IS NULL THEN
        RETURN '[]';
    ELSIF role = 'org_admin' THEN
        RETURN (SELECT jsonb_agg(d) FROM app.descendants(organization, at) d);
    END IF;
    RETURN (SELECT jsonb_agg(id) FROM (SELECT d AS id FROM app.descendants(organization, at) d
        UNION SELECT v.organization_id FROM app.served(organization, at) v) u);
END $$;

-- A deputy stands as référent while no active référent of the same organization sits in the network; a co-lead leads through the
-- co-animation of their organization, and not without.
CREATE OR REPLACE FUNCTION app.seat_held(network uuid, organization uuid, role text, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    held text := role;
    topics text := 'interministerial_topics';
BEGIN
    IF role = 'deputy' THEN
        IF NOT EXISTS (SELECT FROM membership t JOIN member m ON m.id = t.member_id JOIN affiliation a ON a.id = t.affiliation_id
                WHERE t.network_id = network AND t.organization_id = organization AND t.role = 'referent' AND t.valid @> at
                    AND t.suspended_at IS NULL AND m.suspended_at IS NULL AND m.departed_at IS NULL AND a.valid @> at) THEN
            held := 'referent';
        END IF;
    ELSIF role = 'co_lead' THEN
        SELECT c.scope INTO topics FROM co_animation c
            WHERE c.network_id = network AND c.organization_id = organization AND c.valid @> at;
        IF NOT FOUND THEN
            held := 'member';
            topics := 'interministerial_topics';
        END IF;
    END IF;
    RETURN jsonb_build_object('network_id', network, 'role', held, 'scope', topics);
END $$;

-- All that rules ask about a caller, in one answer; NULL for an unknown principal. Asked in steps, so that what a caller
-- does not have is not even planned: who they are, then for each of their affiliations the roles and seats held through it,
-- with what was merged into the organizations that these reach (`before`).
CREATE OR REPLACE FUNCTION app.actor(who uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    at timestamptz := app.clock();
    caller record;
    place record;
    roles jsonb;
    seats jsonb;
    standings jsonb := '[]';
BEGIN
    SELECT p.kind, m.suspended_at IS NOT NULL AS suspended, m.departed_at IS NOT NULL AS departed INTO caller
        FROM principal p LEFT JOIN member m ON m.id = p.id WHERE p.id = who;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF caller.kind = 'service_account' THEN
        RETURN app.service_actor(who, at);
    END IF;
    FOR place IN SELECT a.id, a.organization_id, o.origin FROM affiliation a JOIN organization o ON o.id = a.organization_id
            WHERE a.member_id = who AND a.valid @> at ORDER BY a.id LOOP
        SELECT coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'organization_id', r.organization_id,
                'scope', reached.scope,
                'before', to_jsonb(app.predecessors(ARRAY(SELECT jsonb_array_elements_text(reached.scope)::uuid))))
                ORDER BY r.id), '[]') INTO roles
            FROM role_assignment r
                CROSS JOIN LATERAL (SELECT app.role_scope(r.role, r.organization_id, at) AS scope) reached
            WHERE r.affiliation_id = place.id AND r.valid @> at;
        SELECT coalesce(jsonb_agg(app.seat_held(s.network_id, s.organization_id, s.role, at) ORDER BY s.id), '[]') INTO seats
            FROM membership s WHERE s.affiliation_id = place.id AND s.valid @> at AND s.suspended_at IS NULL;
        standings := standings || jsonb_build_object('affiliation_id', place.id, 'organization_id', place.organization_id,
            'origin', place.origin, 'before', to_jsonb(app.predecessors(ARRAY[place.organization_id])),
            'own', '[]'::jsonb, 'roles', roles, 'seats', seats);
    END LOOP;
    RETURN jsonb_build_object('id', who, 'kind', caller.kind, 'suspended', caller.suspended, 'departed', caller.departed,
        'expired', false, 'scopes', '[]'::jsonb, 'standings', standings);
END $$;
