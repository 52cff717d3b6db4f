-- Notifications: of a hidden network they show no more than what is one's own; more is told of; what was read needs no letter.

ALTER TABLE notification DROP CONSTRAINT notification_kind_check,
    ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
        'membership_request_waits', 'membership_request_decided', 'action_item_given', 'expertise_requested', 'expertise_request_decided',
        'membership_given', 'membership_review_opened'));

DROP INDEX notification_undigested_idx;
CREATE INDEX notification_undigested_idx ON notification (created_at)
    WHERE level = 'digest' AND digested_at IS NULL AND withdrawn_at IS NULL AND read_at IS NULL;
CREATE INDEX notification_needless_idx ON notification (created_at)
    WHERE level = 'digest' AND digested_at IS NULL AND withdrawn_at IS NULL AND read_at IS NOT NULL;

-- Whether something is one's own business, the network that it belongs to hidden or not: a dossier on oneself, until one
-- sits there, and an action that one has yet to do.
CREATE FUNCTION app.is_ones_own(about text, object uuid, who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE about
        WHEN 'membership_request' THEN EXISTS (SELECT FROM membership_request r WHERE r.id = object AND r.member_id = who
            AND app.request_status(r.person_decision, r.network_decision, r.withdrawn_at, r.expires_at, at) <> 'accepted')
        WHEN 'action_item' THEN EXISTS (SELECT FROM action_item i WHERE i.id = object AND i.owner_member_id = who
            AND i.status = 'open')
        ELSE false END
$$;

-- Who answers for an action that names nobody: the directors whose scope holds the organization and who may know of its
-- network; where there is none, the référents of the organization there, if it is for them.
CREATE FUNCTION app.answerable(of_organization uuid, of_network uuid, referents_too boolean, at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    WITH dicoms AS MATERIALIZED (
        SELECT v.dicom_id AS id FROM app.served(NULL, at) v WHERE v.organization_id = of_organization
    ), directors AS MATERIALIZED (
        SELECT DISTINCT m.id AS who FROM role_assignment r JOIN affiliation a ON a.id = r.affiliation_id
            JOIN organization o ON o.id = a.organization_id JOIN member m ON m.id = a.member_id
        WHERE r.role = 'dicom_director' AND r.valid @> at AND a.valid @> at
            AND m.suspended_at IS NULL AND m.departed_at IS NULL AND o.origin NOT IN ('government_partner', 'observer')
            AND (r.organization_id IN (SELECT id FROM dicoms) OR app.is_below(of_organization, r.organization_id))
            AND (of_network IS NULL OR EXISTS (SELECT FROM network n WHERE n.id = of_network AND n.visibility <> 'hidden')
                OR EXISTS (SELECT FROM membership s WHERE s.network_id = of_network AND s.member_id = m.id
                    AND s.valid @> at AND s.suspended_at IS NULL))
    ), referents AS MATERIALIZED (
        SELECT m.id AS who FROM membership s JOIN member m ON m.id = s.member_id
        WHERE referents_too AND s.network_id = of_network AND s.organization_id = of_organization AND s.role = 'referent'
            AND s.valid @> at AND s.suspended_at IS NULL AND m.suspended_at IS NULL AND m.departed_at IS NULL
    )
    SELECT coalesce(array_agg(DISTINCT who), '{}') FROM (
        SELECT who FROM directors UNION ALL SELECT who FROM referents WHERE NOT EXISTS (SELECT FROM directors)
    ) told
$$;

-- Whom a review of who sits in a network asks: its leads, and the référents of those who sit there.
CREATE FUNCTION app.reviewers(of_network uuid, at timestamptz) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT who), '{}') FROM (
        SELECT unnest(app.leads_of(of_network, false, at)) AS who
        UNION ALL
        SELECT s.member_id FROM membership s JOIN organization o ON o.id = s.organization_id
        WHERE s.network_id = of_network AND s.role = 'referent' AND s.valid @> at AND s.suspended_at IS NULL
            AND o.origin NOT IN ('government_partner', 'observer')
    ) asked
$$;

-- Plans the digest of a day for everyone who has something in it that he has not read, once, whoever plans. What he read
-- by himself needs no letter any more.
CREATE OR REPLACE FUNCTION app.plan_digests(until timestamptz, of_day date) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    WITH waiting AS MATERIALIZED (
        SELECT n.id, n.member_id, m.email, 'digest:' || n.member_id || ':' || of_day AS key
        FROM notification n JOIN member m ON m.id = n.member_id
        WHERE n.level = 'digest' AND n.digested_at IS NULL AND n.withdrawn_at IS NULL AND n.read_at IS NULL
            AND n.created_at < until
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
    ), needless AS (
        UPDATE delivery d SET status = 'muted' FROM notification n
            WHERE n.level = 'digest' AND n.digested_at IS NULL AND n.withdrawn_at IS NULL AND n.read_at IS NOT NULL
                AND n.created_at < until AND n.created_at >= until - interval '3 days'
                AND d.object_id = n.id AND d.kind = 'notification' AND d.status = 'queued'
    )
    SELECT count(*) FROM planned
$$;
