-- GiST sorts identifiers by their first 53 bits: those made in one millisecond (an import) all look alike, and each insert
-- walks the whole index; the planner, who does not know, prefers it for look-ups too. Two hashes of 64 bits say "the same
-- fact" instead, and the range is said so that no look-up by time is tempted either.
ALTER TABLE organization_period DROP CONSTRAINT organization_period_excl, ADD CONSTRAINT organization_period_excl EXCLUDE USING gist (
    (uuid_hash_extended(organization_id, 0)) WITH =,
    (uuid_hash_extended(organization_id, 1)) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
ALTER TABLE organization_link DROP CONSTRAINT organization_link_excl, ADD CONSTRAINT organization_link_excl EXCLUDE USING gist (
    (hashtextextended(kind, uuid_hash_extended(to_id, uuid_hash_extended(from_id, 0)))) WITH =,
    (hashtextextended(kind, uuid_hash_extended(to_id, uuid_hash_extended(from_id, 1)))) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_once_excl, ADD CONSTRAINT affiliation_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(organization_id, uuid_hash_extended(member_id, 0))) WITH =,
    (uuid_hash_extended(organization_id, uuid_hash_extended(member_id, 1))) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_one_primary_excl, ADD CONSTRAINT affiliation_one_primary_excl EXCLUDE USING gist (
    (uuid_hash_extended(member_id, 0)) WITH =,
    (uuid_hash_extended(member_id, 1)) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&) WHERE (is_primary);
ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_once_excl, ADD CONSTRAINT role_assignment_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), hashtextextended(role, uuid_hash_extended(affiliation_id, 0)))) WITH =,
    (uuid_hash_extended(coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), hashtextextended(role, uuid_hash_extended(affiliation_id, 1)))) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
ALTER TABLE co_animation DROP CONSTRAINT co_animation_once_excl, ADD CONSTRAINT co_animation_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 0))) WITH =,
    (uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 1))) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
ALTER TABLE seat DROP CONSTRAINT seat_once_excl, ADD CONSTRAINT seat_once_excl EXCLUDE USING gist (
    (hashtextextended(role, uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 0)))) WITH =,
    (hashtextextended(role, uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 1)))) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
ALTER TABLE membership DROP CONSTRAINT membership_once_excl, ADD CONSTRAINT membership_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(affiliation_id, uuid_hash_extended(network_id, 0))) WITH =,
    (uuid_hash_extended(affiliation_id, uuid_hash_extended(network_id, 1))) WITH =,
    (tstzrange(lower(valid), upper(valid))) WITH &&);
CREATE INDEX organization_link_from_id_idx ON organization_link (from_id, kind);
CREATE INDEX role_assignment_affiliation_id_idx ON role_assignment (affiliation_id);

-- The rights of a caller again, asked in steps, so that what a caller has not is not even planned: who he is, then for each
-- of his places the roles and the seats held through it.
CREATE FUNCTION app.role_scope(role text, organization uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF organization IS NULL THEN
        RETURN '[]';
    ELSIF role = 'org_admin' THEN
        RETURN (SELECT jsonb_agg(d) FROM app.descendants(organization, at) d);
    END IF;
    RETURN (SELECT jsonb_agg(id) FROM (SELECT d AS id FROM app.descendants(organization, at) d
        UNION SELECT v.organization_id FROM app.served(organization, at) v) u);
END $$;

-- A deputy stands as référent while no active référent of his organization sits in the network; a co-lead leads through the
-- co-animation of his organization, and not without.
CREATE FUNCTION app.seat_held(network uuid, organization uuid, role text, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
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

CREATE FUNCTION app.service_actor(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('id', s.id, 'kind', 'service_account',
            'suspended', m.suspended_at IS NOT NULL OR m.departed_at IS NOT NULL, 'departed', false,
            'expired', s.expires_at <= at, 'scopes', to_jsonb(s.scopes),
            'standings', jsonb_build_array(jsonb_build_object('organization_id', o.id, 'origin', o.origin, 'roles', '[]'::jsonb,
                'seats', '[]'::jsonb, 'own', (SELECT jsonb_agg(d) FROM app.descendants(o.id, at) d))))
        FROM service_account s JOIN member m ON m.id = s.owner_id JOIN organization o ON o.id = s.organization_id
        WHERE s.id = who);
END $$;

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

-- Records all that one call changed, in one step; the audit line tells of the first.
CREATE FUNCTION app.record(actor uuid, happened timestamptz, request uuid, action text, changes jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO history (noun, object_id, object_version, at, image)
        SELECT c.noun, c.id, c.version, happened, c.image
        FROM jsonb_to_recordset(changes) AS c(noun text, id uuid, version integer, image jsonb);
    -- The epoch is asked here, where its plan is kept: as a default, its function would be planned for each row.
    INSERT INTO change_event (epoch, noun, object_id, object_version, verb, changed_fields, actor_id, at)
        SELECT (SELECT max(number) FROM epoch), c.noun, c.id, c.version, c.verb, c.fields, actor, happened
        FROM jsonb_to_recordset(changes) AS c(noun text, id uuid, version integer, verb text, fields text[]);
    INSERT INTO audit_event (at, principal_id, action, noun, object, object_version, outcome, changed_fields, request_id)
        SELECT happened, actor, action, c.noun, c.key, c.version, 'done', c.fields, request
        FROM jsonb_to_record(changes -> 0) AS c(noun text, key text, version integer, fields text[]);
END $$;
DROP FUNCTION app.record(uuid, timestamptz, uuid, text, boolean, jsonb);

-- SQL functions that the planner inlines, so that a list calls PL/pgSQL for the few rows that need it.
DROP FUNCTION app.is_last_lead;
CREATE FUNCTION app.is_only_lead(id uuid, network uuid, role text, valid tstzrange, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF role <> 'lead' OR NOT valid @> at OR EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
            WHERE m.id = is_only_lead.id AND (m.suspended_at IS NOT NULL OR p.suspended_at IS NOT NULL)) THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
        JOIN affiliation a ON a.id = m.affiliation_id JOIN organization o ON o.id = m.organization_id
        WHERE m.network_id = network AND m.role = 'lead' AND m.id <> is_only_lead.id
            AND o.origin NOT IN ('government_partner', 'observer') AND m.valid @> at
            AND upper_inf(m.valid) AND m.suspended_at IS NULL AND p.suspended_at IS NULL AND p.departed_at IS NULL
            AND a.valid @> at AND upper_inf(a.valid));
END $$;
CREATE FUNCTION app.is_last_lead(id uuid, network uuid, role text, valid tstzrange, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN role = 'lead' THEN app.is_only_lead(id, network, role, valid, at) ELSE false END $$;

ALTER FUNCTION app.networks_of(uuid, text, timestamptz) RENAME TO networks_shown;
CREATE FUNCTION app.networks_of(who uuid, visibility text, at timestamptz) RETURNS uuid[] LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN visibility = 'all_members' THEN '{}'::uuid[] ELSE app.networks_shown(who, visibility, at) END $$;

-- Who wrote a row is a stamp: principals are never deleted, and a caller who writes much would have his own row locked by
-- each of his writes.
ALTER TABLE organization_link DROP CONSTRAINT organization_link_created_by_fkey, DROP CONSTRAINT organization_link_updated_by_fkey;
ALTER TABLE organization DROP CONSTRAINT organization_created_by_fkey, DROP CONSTRAINT organization_updated_by_fkey;
ALTER TABLE member DROP CONSTRAINT member_created_by_fkey, DROP CONSTRAINT member_updated_by_fkey;
ALTER TABLE affiliation DROP CONSTRAINT affiliation_created_by_fkey, DROP CONSTRAINT affiliation_updated_by_fkey;
ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_created_by_fkey, DROP CONSTRAINT role_assignment_updated_by_fkey;
ALTER TABLE network DROP CONSTRAINT network_created_by_fkey, DROP CONSTRAINT network_updated_by_fkey;
ALTER TABLE co_animation DROP CONSTRAINT co_animation_created_by_fkey, DROP CONSTRAINT co_animation_updated_by_fkey;
ALTER TABLE seat DROP CONSTRAINT seat_created_by_fkey, DROP CONSTRAINT seat_updated_by_fkey;
ALTER TABLE membership DROP CONSTRAINT membership_created_by_fkey, DROP CONSTRAINT membership_updated_by_fkey;
