DROP FUNCTION app.reviewers(uuid, timestamptz);
DROP FUNCTION app.answerable(uuid, uuid, boolean, timestamptz);
DROP FUNCTION app.is_ones_own(text, uuid, uuid, timestamptz);

DROP INDEX notification_needless_idx;
DROP INDEX notification_undigested_idx;
CREATE INDEX notification_undigested_idx ON notification (member_id, created_at)
    WHERE level = 'digest' AND digested_at IS NULL AND withdrawn_at IS NULL;

-- What was not told of before is told of no more.
DELETE FROM notification WHERE kind IN ('expertise_requested', 'expertise_request_decided', 'membership_given',
    'membership_review_opened');
ALTER TABLE notification DROP CONSTRAINT notification_kind_check,
    ADD CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
        'membership_request_waits', 'membership_request_decided', 'action_item_given'));

-- Plans the digest of a day for everyone who has something in it, once, whoever plans.
CREATE OR REPLACE FUNCTION app.plan_digests(until timestamptz, of_day date) RETURNS bigint LANGUAGE sql VOLATILE AS $$
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
