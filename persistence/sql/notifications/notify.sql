-- Tells members of something: for each a notification, a line of the ledger and, where the member wants to hear at once, the task that
-- sends. What is mandatory ignores the level chosen; a member who does not sit in the network hears by the digest.
CREATE OR REPLACE FUNCTION app.notify(what text, how text, about text, object uuid, of_network uuid, recipients uuid[], at timestamptz)
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
