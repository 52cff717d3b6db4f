-- Plans the digest of a day for everyone who has something in it they have not read, once, even if several workers plan. What was
-- read meanwhile needs no e-mail any more.
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
