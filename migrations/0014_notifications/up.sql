-- Notifications: who is told what, how soon, by which letter; announcements to a network or to an audience.

CREATE TABLE announcement (
    id uuid CONSTRAINT announcement_pkey PRIMARY KEY,
    title text NOT NULL,
    body text NOT NULL,
    network_id uuid CONSTRAINT announcement_network_id_fkey REFERENCES network,
    organization_kinds text[] NOT NULL DEFAULT '{}',
    origins text[] NOT NULL DEFAULT '{}',
    interministerial boolean NOT NULL DEFAULT false,
    class text NOT NULL CONSTRAINT announcement_class_check CHECK (class IN ('normal', 'mandatory')),
    status text NOT NULL DEFAULT 'draft' CONSTRAINT announcement_status_check
        CHECK (status IN ('draft', 'published', 'withdrawn')),
    published_at timestamptz,
    withdrawn_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT announcement_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT announcement_updated_by_fkey REFERENCES principal,
    CONSTRAINT announcement_audience_check
        CHECK ((network_id IS NOT NULL) <> (organization_kinds <> '{}' OR origins <> '{}')),
    CONSTRAINT announcement_published_check CHECK (status <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX announcement_network_id_idx ON announcement (network_id, id);

-- What a member is told of, with the level that held then. Who was told of the publication of an announcement is whom it
-- is addressed to, for good.
CREATE TABLE notification (
    id uuid CONSTRAINT notification_pkey PRIMARY KEY,
    member_id uuid NOT NULL CONSTRAINT notification_member_id_fkey REFERENCES member,
    kind text NOT NULL CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
        'membership_request_waits', 'membership_request_decided', 'action_item_given')),
    class text NOT NULL CONSTRAINT notification_class_check CHECK (class IN ('normal', 'mandatory')),
    level text NOT NULL CONSTRAINT notification_level_check CHECK (level IN ('immediate', 'digest', 'none')),
    noun text NOT NULL,
    object_id uuid NOT NULL,
    network_id uuid CONSTRAINT notification_network_id_fkey REFERENCES network,
    read_at timestamptz,
    digested_at timestamptz,
    digest_id uuid,
    withdrawn_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
CREATE INDEX notification_member_id_idx ON notification (member_id, id);
CREATE INDEX notification_object_id_idx ON notification (object_id, member_id);
CREATE INDEX notification_digest_id_idx ON notification (digest_id);
CREATE INDEX notification_undigested_idx ON notification (member_id, created_at)
    WHERE level = 'digest' AND digested_at IS NULL AND withdrawn_at IS NULL;
-- Nobody is addressed twice by one publication.
CREATE UNIQUE INDEX notification_addressee_key ON notification (object_id, member_id) WHERE kind = 'announcement_published';

-- The ledger has a line for everyone, for those too who want no letter or have no address.
ALTER TABLE delivery ALTER COLUMN address DROP NOT NULL,
    DROP CONSTRAINT delivery_kind_check, DROP CONSTRAINT delivery_status_check,
    ADD CONSTRAINT delivery_kind_check CHECK (kind IN ('invitation', 'notification', 'digest')),
    ADD CONSTRAINT delivery_status_check CHECK (status IN ('queued', 'sent', 'failed', 'bounced', 'muted')),
    ADD CONSTRAINT delivery_address_check CHECK (address IS NOT NULL OR status IN ('failed', 'muted'));

-- An identifier that tells its time of creation, for rows that SQL makes by the hundred.
CREATE FUNCTION app.fresh_v7(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- Whom an announcement reaches at a time: who sits in the network, or works in such an organization. Partners and
-- observers by origin are never reached through that standing.
CREATE FUNCTION app.addressees(of_network uuid, kinds text[], from_origins text[], at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT who), '{}') FROM (
        SELECT s.member_id AS who, s.organization_id AS place FROM membership s
            WHERE s.network_id = of_network AND s.valid @> at AND s.suspended_at IS NULL
        UNION ALL
        SELECT a.member_id, a.organization_id FROM affiliation a WHERE of_network IS NULL AND a.valid @> at
    ) reached
    JOIN organization o ON o.id = reached.place
    WHERE o.origin NOT IN ('government_partner', 'observer')
        AND (of_network IS NOT NULL
            OR ((kinds = '{}' OR o.kind = ANY (kinds)) AND (from_origins = '{}' OR o.origin = ANY (from_origins))))
$$;

-- Who decides for a network on a dossier: its leads, and those who co-lead it on that topic.
CREATE FUNCTION app.leads_of(of_network uuid, on_interministerial boolean, at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT s.member_id), '{}') FROM membership s JOIN organization o ON o.id = s.organization_id
    WHERE s.network_id = of_network AND s.valid @> at AND s.suspended_at IS NULL
        AND o.origin NOT IN ('government_partner', 'observer')
        AND (s.role = 'lead' OR (s.role = 'co_lead' AND (on_interministerial OR EXISTS (
            SELECT FROM co_animation c WHERE c.network_id = s.network_id AND c.organization_id = s.organization_id
                AND c.valid @> at AND c.scope = 'all'))))
$$;

-- Tells members of something: for each a notification, a line of the ledger and, where he hears at once, the task that
-- sends. What is mandatory ignores his level; where he does not sit in the network, he hears by the digest.
CREATE FUNCTION app.notify(what text, how text, about text, object uuid, of_network uuid, recipients uuid[], at timestamptz)
RETURNS bigint LANGUAGE sql VOLATILE AS $$
    WITH told AS MATERIALIZED (
        SELECT m.id AS who, m.email, app.fresh_v7(at) AS note, app.fresh_v7(at) AS line,
            CASE how WHEN 'mandatory' THEN 'immediate' ELSE coalesce((
                SELECT s.notification_level FROM membership s
                WHERE s.network_id = of_network AND s.member_id = m.id AND s.valid @> at
                ORDER BY array_position('{immediate,digest,none}'::text[], s.notification_level) LIMIT 1), 'digest') END AS soon
        FROM member m WHERE m.id = ANY (recipients) AND m.suspended_at IS NULL AND m.departed_at IS NULL
    ), noted AS (
        INSERT INTO notification (id, member_id, kind, class, level, noun, object_id, network_id, created_at)
            SELECT note, who, what, how, soon, about, object, of_network, at FROM told
    ), written AS (
        INSERT INTO delivery (id, kind, object_id, member_id, address, status, failure, created_at)
            SELECT line, 'notification', note, who, email,
                CASE WHEN soon = 'none' THEN 'muted' WHEN email IS NULL THEN 'failed' ELSE 'queued' END,
                CASE WHEN soon <> 'none' AND email IS NULL THEN 'no address' END, at
            FROM told
    ), planned AS (
        INSERT INTO task (kind, key, object_id, due_at)
            SELECT 'send', 'send:' || line, line, at FROM told WHERE soon = 'immediate' AND email IS NOT NULL
    )
    SELECT count(*) FROM told
$$;

-- Plans the digest of a day for everyone who has something in it, once, whoever plans.
CREATE FUNCTION app.plan_digests(until timestamptz, of_day date) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    WITH waiting AS MATERIALIZED (
        SELECT n.id, n.member_id, m.email, 'digest:' || n.member_id || ':' || of_day AS key
        FROM notification n JOIN member m ON m.id = n.member_id
        WHERE n.level = 'digest' AND n.digested_at IS NULL AND n.withdrawn_at IS NULL AND n.created_at < until
            AND m.email IS NOT NULL AND m.suspended_at IS NULL AND m.departed_at IS NULL
    ), planned AS (
        INSERT INTO task (kind, key, object_id, due_at)
            SELECT 'send', key, app.fresh_v7(app.clock()), until FROM (SELECT DISTINCT key FROM waiting) each
            ON CONFLICT (key) DO NOTHING RETURNING key, object_id
    ), written AS (
        INSERT INTO delivery (id, kind, object_id, member_id, address, created_at)
            SELECT DISTINCT p.object_id, 'digest', w.member_id, w.member_id, w.email, app.clock()
            FROM planned p JOIN waiting w USING (key)
    ), digested AS (
        UPDATE notification n SET digested_at = app.clock(), digest_id = p.object_id
            FROM planned p JOIN waiting w USING (key) WHERE n.id = w.id
    )
    SELECT count(*) FROM planned
$$;
