DROP INDEX decision_decided_on_idx;
DROP INDEX membership_referent_idx;
DROP INDEX organization_merged_idx;

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
                'scope', app.role_scope(r.role, r.organization_id, at)) ORDER BY r.id), '[]') INTO roles
            FROM role_assignment r WHERE r.affiliation_id = place.id AND r.valid @> at;
        SELECT coalesce(jsonb_agg(app.seat_held(s.network_id, s.organization_id, s.role, at) ORDER BY s.id), '[]') INTO seats
            FROM membership s WHERE s.affiliation_id = place.id AND s.valid @> at AND s.suspended_at IS NULL;
        standings := standings || jsonb_build_object('affiliation_id', place.id, 'organization_id', place.organization_id,
            'origin', place.origin, 'own', '[]'::jsonb, 'roles', roles, 'seats', seats);
    END LOOP;
    RETURN jsonb_build_object('id', who, 'kind', caller.kind, 'suspended', caller.suspended, 'departed', caller.departed,
        'expired', false, 'scopes', '[]'::jsonb, 'standings', standings);
END $$;

DROP FUNCTION app.predecessors(uuid[]);
