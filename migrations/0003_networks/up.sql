-- The professional networks, who is expected in them, and who sits there.

CREATE TABLE network (
    id uuid CONSTRAINT network_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT network_code_key UNIQUE,
    name text COLLATE "und-x-icu" NOT NULL,
    audience text NOT NULL,
    purpose text,
    scope_note text,
    cadence text NOT NULL CONSTRAINT network_cadence_check
        CHECK (cadence IN ('weekly', 'monthly', 'bimonthly', 'quarterly', 'ad_hoc')),
    visibility text NOT NULL CONSTRAINT network_visibility_check CHECK (visibility IN ('listed', 'members', 'hidden')),
    join_policy text NOT NULL CONSTRAINT network_join_policy_check
        CHECK (join_policy IN ('invitation', 'request', 'automatic')),
    eligible_origins text[] NOT NULL,
    annual_objectives text[] NOT NULL DEFAULT '{}',
    status text NOT NULL CONSTRAINT network_status_check CHECK (status IN ('preparing', 'active', 'dormant', 'closed')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT network_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT network_updated_by_fkey REFERENCES principal,
    CONSTRAINT network_eligible_origins_check CHECK (eligible_origins <@ ARRAY[
        'ministry', 'operator', 'ministerial_cabinet', 'central_administration', 'deconcentrated_service',
        'prefecture', 'government_partner', 'observer'])
);
CREATE INDEX network_name_idx ON network (name, id);

CREATE TABLE co_animation (
    id uuid CONSTRAINT co_animation_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT co_animation_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT co_animation_organization_id_fkey REFERENCES organization,
    scope text NOT NULL CONSTRAINT co_animation_scope_check CHECK (scope IN ('all', 'interministerial_topics')),
    valid tstzrange NOT NULL CONSTRAINT co_animation_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT co_animation_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT co_animation_updated_by_fkey REFERENCES principal,
    CONSTRAINT co_animation_once_excl EXCLUDE USING gist (network_id WITH =, organization_id WITH =, valid WITH &&)
);
CREATE INDEX co_animation_organization_id_idx ON co_animation (organization_id);

-- Who is expected: so many of a role, from an organization, in a network.
CREATE TABLE seat (
    id uuid CONSTRAINT seat_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT seat_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT seat_organization_id_fkey REFERENCES organization,
    role text NOT NULL CONSTRAINT seat_role_check
        CHECK (role IN ('lead', 'co_lead', 'referent', 'deputy', 'member', 'observer')),
    min smallint NOT NULL CONSTRAINT seat_min_check CHECK (min >= 0),
    max smallint NOT NULL,
    professions text[] NOT NULL DEFAULT '{}',
    interministerial boolean NOT NULL DEFAULT false,
    valid tstzrange NOT NULL CONSTRAINT seat_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT seat_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT seat_updated_by_fkey REFERENCES principal,
    CONSTRAINT seat_bounds_check CHECK (max >= 1 AND max >= min),
    CONSTRAINT seat_once_excl EXCLUDE USING gist (network_id WITH =, organization_id WITH =, role WITH =, valid WITH &&)
);
CREATE INDEX seat_network_idx ON seat (network_id, id);
CREATE INDEX seat_organization_id_idx ON seat (organization_id);

-- organization_id, organization_kind and sort_name repeat what the affiliation and the member say, so that a page of
-- memberships is read from one index; triggers keep them.
CREATE TABLE membership (
    id uuid CONSTRAINT membership_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT membership_network_id_fkey REFERENCES network,
    member_id uuid NOT NULL CONSTRAINT membership_member_id_fkey REFERENCES member,
    affiliation_id uuid NOT NULL CONSTRAINT membership_affiliation_id_fkey REFERENCES affiliation,
    organization_id uuid NOT NULL CONSTRAINT membership_organization_id_fkey REFERENCES organization,
    organization_kind text NOT NULL,
    sort_name text COLLATE "und-x-icu" NOT NULL,
    role text NOT NULL CONSTRAINT membership_role_check
        CHECK (role IN ('lead', 'co_lead', 'referent', 'deputy', 'member', 'observer')),
    interministerial boolean NOT NULL DEFAULT false,
    valid tstzrange NOT NULL CONSTRAINT membership_valid_check CHECK (NOT isempty(valid)),
    suspended_at timestamptz,
    end_reason text CONSTRAINT membership_end_reason_check
        CHECK (end_reason IN ('resigned', 'replaced', 'left_org', 'network_closed', 'revoked')),
    last_reviewed_at timestamptz,
    source_id uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000010'
        CONSTRAINT membership_source_id_fkey REFERENCES source,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT membership_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT membership_updated_by_fkey REFERENCES principal,
    CONSTRAINT membership_once_excl EXCLUDE USING gist (network_id WITH =, affiliation_id WITH =, valid WITH &&)
);
CREATE INDEX membership_network_name_idx ON membership (network_id, sort_name, id);
CREATE INDEX membership_network_kind_name_idx ON membership (network_id, organization_kind, sort_name, id);
CREATE INDEX membership_seat_idx ON membership (network_id, organization_id, role);
CREATE INDEX membership_member_id_idx ON membership (member_id);
CREATE INDEX membership_organization_id_idx ON membership (organization_id);
CREATE INDEX membership_affiliation_id_idx ON membership (affiliation_id);

CREATE FUNCTION app.fill_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT a.member_id, a.organization_id, o.kind, m.sort_name
        INTO NEW.member_id, NEW.organization_id, NEW.organization_kind, NEW.sort_name
        FROM affiliation a JOIN organization o ON o.id = a.organization_id JOIN member m ON m.id = a.member_id
        WHERE a.id = NEW.affiliation_id;
    RETURN NEW;
END $$;
CREATE TRIGGER membership_filled BEFORE INSERT ON membership FOR EACH ROW EXECUTE FUNCTION app.fill_membership();

CREATE FUNCTION app.follow_member_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE membership SET sort_name = NEW.usual_name || ' ' || NEW.given_name WHERE member_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER member_name_followed AFTER UPDATE OF usual_name, given_name ON member FOR EACH ROW
    WHEN ((OLD.usual_name, OLD.given_name) IS DISTINCT FROM (NEW.usual_name, NEW.given_name))
    EXECUTE FUNCTION app.follow_member_name();

CREATE FUNCTION app.follow_organization_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE membership SET organization_kind = NEW.kind WHERE organization_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER organization_kind_followed AFTER UPDATE OF kind ON organization FOR EACH ROW
    WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION app.follow_organization_kind();

-- Where a membership stands at a time, from its own dates and its member's.
CREATE FUNCTION app.membership_status(valid tstzrange, suspended timestamptz, member_suspended timestamptz, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN upper(valid) <= at THEN 'ended' WHEN lower(valid) > at THEN 'pending'
        WHEN suspended <= at OR member_suspended <= at THEN 'suspended' ELSE 'active' END
$$;

-- Whether a membership is the only active lead of its network.
CREATE FUNCTION app.is_last_lead(id uuid, network uuid, role text, valid tstzrange, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF role <> 'lead' OR NOT valid @> at OR EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
            WHERE m.id = is_last_lead.id AND (m.suspended_at IS NOT NULL OR p.suspended_at IS NOT NULL)) THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
        JOIN affiliation a ON a.id = m.affiliation_id JOIN organization o ON o.id = m.organization_id
        WHERE m.network_id = network AND m.role = 'lead' AND m.id <> is_last_lead.id
            AND o.origin NOT IN ('government_partner', 'observer') AND m.valid @> at
            AND upper_inf(m.valid) AND m.suspended_at IS NULL AND p.suspended_at IS NULL AND p.departed_at IS NULL
            AND a.valid @> at AND upper_inf(a.valid));
END $$;

-- The networks that a member sits in, where his profile's visibility depends on them.
CREATE FUNCTION app.networks_of(who uuid, visibility text, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF visibility = 'all_members' THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT network_id), '{}') FROM membership WHERE member_id = who AND valid @> at);
END $$;

-- plpgsql, whose plans are kept: SQL functions that are not inlined are planned at each call.
-- How a seat stands at a time: who fills it, who holds it without the right to, and what is wrong.
-- A holder is active when neither he nor his membership is suspended and his affiliation lasts; only the active fill.
CREATE FUNCTION app.seat_state(seat seat, at timestamptz)
RETURNS TABLE (filled integer, unqualified integer, gaps text[]) LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT count(*) FILTER (WHERE h.now AND h.active)::integer,
        count(*) FILTER (WHERE h.now AND NOT (h.active AND h.qualified))::integer,
        array_remove(ARRAY[
            CASE WHEN count(*) FILTER (WHERE h.now AND h.active) > seat.max THEN 'overfilled'
                 WHEN count(*) FILTER (WHERE h.now AND h.active) >= seat.min THEN NULL
                 WHEN count(*) FILTER (WHERE NOT h.now) > 0 AND count(*) FILTER (WHERE h.now AND h.active) = 0 THEN 'expired'
                 ELSE 'vacant' END,
            CASE WHEN count(*) FILTER (WHERE h.now AND NOT (h.active AND h.qualified)) > 0 THEN 'unqualified' END], NULL)
    FROM (
        SELECT m.valid @> at AS now,
            (m.suspended_at IS NULL OR m.suspended_at > at) AND (p.suspended_at IS NULL OR p.suspended_at > at)
                AND (p.departed_at IS NULL OR p.departed_at > at) AND a.valid @> at AS active,
            (n.eligible_origins = '{}' OR o.origin = ANY (n.eligible_origins))
                AND (seat.professions = '{}' OR a.profession = ANY (seat.professions)) IS TRUE AS qualified
        FROM membership m
            JOIN member p ON p.id = m.member_id
            JOIN affiliation a ON a.id = m.affiliation_id
            JOIN organization o ON o.id = m.organization_id
            JOIN network n ON n.id = m.network_id
        WHERE m.network_id = seat.network_id AND m.organization_id = seat.organization_id AND m.role = seat.role
            AND lower(m.valid) <= at
    ) h;
END $$;

-- The matrix, kept: one cell per network and organization that has a seat or a membership.
CREATE TABLE tracking_cell (
    network_id uuid NOT NULL CONSTRAINT tracking_cell_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT tracking_cell_organization_id_fkey REFERENCES organization,
    expected integer NOT NULL,
    filled integer NOT NULL,
    referents integer NOT NULL,
    members integer NOT NULL,
    gaps integer NOT NULL,
    next_change_at timestamptz,
    CONSTRAINT tracking_cell_pkey PRIMARY KEY (network_id, organization_id)
);
CREATE INDEX tracking_cell_next_change_at_idx ON tracking_cell (next_change_at);

-- One cell at a time, from the facts: expected and filled over the seats (never more than expected: who sits beyond is a
-- gap, or optional), référents and members over the memberships.
CREATE FUNCTION app.cell(network uuid, organization uuid, at timestamptz)
RETURNS TABLE (expected integer, filled integer, referents integer, members integer, gaps integer)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT coalesce(s.expected, 0)::integer, coalesce(s.filled, 0)::integer, m.referents::integer, m.members::integer,
        coalesce(s.gaps, 0)::integer
    FROM (
        SELECT sum(seat.min) AS expected, sum(least(state.filled, seat.min)) AS filled, sum(cardinality(state.gaps)) AS gaps
        FROM seat, app.seat_state(seat, at) state
        WHERE seat.network_id = network AND seat.organization_id = organization AND seat.valid @> at
    ) s, (
        SELECT count(*) FILTER (WHERE m.role = 'referent') AS referents, count(*) AS members
        FROM membership m JOIN member p ON p.id = m.member_id JOIN affiliation a ON a.id = m.affiliation_id
        WHERE m.network_id = network AND m.organization_id = organization AND m.valid @> at AND a.valid @> at
            AND (m.suspended_at IS NULL OR m.suspended_at > at) AND (p.suspended_at IS NULL OR p.suspended_at > at)
            AND (p.departed_at IS NULL OR p.departed_at > at)
    ) m;
END $$;

-- Rewrites one cell; the caller holds the network's lock.
CREATE FUNCTION app.refresh_cell(network uuid, organization uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tracking_cell (network_id, organization_id, expected, filled, referents, members, gaps, next_change_at)
    SELECT network, organization, c.expected, c.filled, c.referents, c.members, c.gaps, (
        SELECT min(bound) FROM (
            SELECT unnest(ARRAY[lower(s.valid), upper(s.valid)]) AS bound FROM seat s
                WHERE s.network_id = network AND s.organization_id = organization
            UNION ALL
            SELECT unnest(ARRAY[lower(m.valid), upper(m.valid), upper(a.valid)])
                FROM membership m JOIN affiliation a ON a.id = m.affiliation_id
                WHERE m.network_id = network AND m.organization_id = organization
        ) bounds WHERE bound > app.clock())
    FROM app.cell(network, organization, app.clock()) c
    ON CONFLICT (network_id, organization_id) DO UPDATE SET expected = EXCLUDED.expected, filled = EXCLUDED.filled,
        referents = EXCLUDED.referents, members = EXCLUDED.members, gaps = EXCLUDED.gaps,
        next_change_at = EXCLUDED.next_change_at
    WHERE (tracking_cell.expected, tracking_cell.filled, tracking_cell.referents, tracking_cell.members, tracking_cell.gaps)
        <> (EXCLUDED.expected, EXCLUDED.filled, EXCLUDED.referents, EXCLUDED.members, EXCLUDED.gaps)
        OR tracking_cell.next_change_at IS DISTINCT FROM EXCLUDED.next_change_at;
END $$;

-- All that rules ask about a caller, in one answer; NULL when he is nobody we know.
-- A deputy stands as référent while no active référent of his organization sits in the network.
CREATE FUNCTION app.actor(who uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    at timestamptz := app.clock();
BEGIN
    RETURN (SELECT jsonb_build_object('id', p.id, 'kind', p.kind, 'suspended', m.suspended_at IS NOT NULL
                OR o.suspended_at IS NOT NULL OR o.departed_at IS NOT NULL,
            'departed', m.departed_at IS NOT NULL, 'expired', coalesce(s.expires_at <= at, false),
            'scopes', coalesce(to_jsonb(s.scopes), '[]'),
            'standings', coalesce(CASE WHEN s.id IS NOT NULL THEN (
                SELECT jsonb_build_array(jsonb_build_object('organization_id', o.id, 'origin', o.origin,
                    'roles', '[]'::jsonb, 'seats', '[]'::jsonb,
                    'own', (SELECT jsonb_agg(d) FROM app.descendants(o.id, at) d)))
                FROM organization o WHERE o.id = s.organization_id)
            ELSE (
                SELECT jsonb_agg(jsonb_build_object('affiliation_id', a.id, 'organization_id', o.id, 'origin', o.origin,
                    'own', '[]'::jsonb,
                    'roles', (SELECT coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'organization_id', r.organization_id,
                        'scope', CASE
                            WHEN r.role = 'org_admin' THEN
                                (SELECT jsonb_agg(d) FROM app.descendants(r.organization_id, at) d)
                            WHEN r.role IN ('dicom_director', 'dicom_contributor') THEN
                                (SELECT jsonb_agg(id) FROM (SELECT d AS id FROM app.descendants(r.organization_id, at) d
                                    UNION SELECT v.organization_id FROM app.served(r.organization_id, at) v) u)
                            ELSE '[]'::jsonb END) ORDER BY r.id), '[]')
                        FROM role_assignment r WHERE r.affiliation_id = a.id AND r.valid @> at),
                    'seats', (SELECT coalesce(jsonb_agg(jsonb_build_object('network_id', ms.network_id, 'role',
                        CASE WHEN ms.role = 'deputy' AND NOT EXISTS (
                                SELECT FROM membership t JOIN member tm ON tm.id = t.member_id
                                JOIN affiliation ta ON ta.id = t.affiliation_id
                                WHERE t.network_id = ms.network_id AND t.organization_id = ms.organization_id
                                    AND t.role = 'referent' AND t.valid @> at AND t.suspended_at IS NULL
                                    AND tm.suspended_at IS NULL AND tm.departed_at IS NULL AND ta.valid @> at)
                            THEN 'referent'
                            -- A co-lead leads through the co-animation of his organization, and not without.
                            WHEN ms.role = 'co_lead' AND NOT EXISTS (SELECT FROM co_animation c
                                WHERE c.network_id = ms.network_id AND c.organization_id = ms.organization_id AND c.valid @> at)
                            THEN 'member' ELSE ms.role END,
                        'scope', coalesce((SELECT c.scope FROM co_animation c WHERE c.network_id = ms.network_id
                            AND c.organization_id = ms.organization_id AND c.valid @> at), 'interministerial_topics')) ORDER BY ms.id), '[]')
                        FROM membership ms WHERE ms.affiliation_id = a.id AND ms.valid @> at AND ms.suspended_at IS NULL))
                    ORDER BY a.id)
                FROM affiliation a JOIN organization o ON o.id = a.organization_id
                WHERE a.member_id = p.id AND a.valid @> at)
            END, '[]'::jsonb))
        FROM principal p LEFT JOIN member m ON m.id = p.id LEFT JOIN service_account s ON s.id = p.id
            LEFT JOIN member o ON o.id = s.owner_id WHERE p.id = who);
END $$;

-- For reads: the caller's rights, without a lock.
CREATE FUNCTION app.look(by_issuer text, by_subject text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT app.actor(principal_id) FROM identity WHERE issuer = by_issuer AND subject = by_subject);
END $$;

-- The rights of a principal are one lock: shared by his own writes, exclusive for whoever changes them.
CREATE FUNCTION app.rights_key(who uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT hashtextextended(who::text, 20260101) $$;

-- For writes: takes the lock, then reads the rights. VOLATILE, so that the second statement sees what the lock waited for.
CREATE FUNCTION app.enter(by_issuer text, by_subject text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    who uuid;
BEGIN
    SELECT principal_id INTO who FROM identity WHERE issuer = by_issuer AND subject = by_subject;
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who));
    RETURN app.actor(who);
END $$;

CREATE FUNCTION app.change_rights(who uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(app.rights_key(who));
END $$;

-- The system itself, as a principal.
CREATE FUNCTION app.system() RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT '00000000-0000-7000-8000-000000000001'::uuid $$;

-- Records what was loaded in bulk and stands in no history yet: its first image, and that it was created.
CREATE FUNCTION app.record_loaded() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    noun text;
BEGIN
    FOREACH noun IN ARRAY ARRAY['organization', 'organization_link', 'member', 'affiliation', 'role_assignment', 'network',
        'co_animation', 'seat', 'membership'] LOOP
        EXECUTE format($sql$
            WITH loaded AS (
                INSERT INTO history (noun, object_id, object_version, at, image)
                SELECT %1$L, t.id, t.version, app.clock(), jsonb_strip_nulls(to_jsonb(t))
                FROM %1$I t WHERE NOT EXISTS (SELECT FROM history h WHERE h.object_id = t.id AND h.object_version = t.version)
                RETURNING object_id, object_version)
            INSERT INTO change_event (noun, object_id, object_version, verb, changed_fields, actor_id, at)
            SELECT %1$L, object_id, object_version, 'created', '{}', app.system(), app.clock() FROM loaded
        $sql$, noun);
    END LOOP;
END $$;

-- Rewrites every cell of the matrix, after a load in bulk.
CREATE FUNCTION app.refresh_cells() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    DELETE FROM tracking_cell;
    INSERT INTO tracking_cell (network_id, organization_id, expected, filled, referents, members, gaps)
        SELECT p.network_id, p.organization_id, c.expected, c.filled, c.referents, c.members, c.gaps
        FROM (SELECT network_id, organization_id FROM seat UNION SELECT network_id, organization_id FROM membership) p,
            app.cell(p.network_id, p.organization_id, app.clock()) c;
    -- The few that will change by themselves.
    PERFORM app.refresh_cell(p.network_id, p.organization_id)
        FROM (SELECT network_id, organization_id FROM seat WHERE lower(valid) > app.clock() OR upper(valid) > app.clock()
            UNION SELECT network_id, organization_id FROM membership
                WHERE lower(valid) > app.clock() OR upper(valid) > app.clock()
            UNION SELECT m.network_id, m.organization_id FROM membership m JOIN affiliation a ON a.id = m.affiliation_id
                WHERE upper(a.valid) > app.clock()) p;
END $$;
