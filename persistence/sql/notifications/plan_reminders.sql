-- Plans a reminder of everything that falls due or expires, once for each due date, even if several workers plan. A due date that is
-- moved is another one. Who was given something within the days before its due date heard of it then; what fell due more than
-- thirty days ago is let lie.
CREATE OR REPLACE FUNCTION app.plan_reminders(at timestamptz, today date) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    WITH falling (what, id, due) AS (
        SELECT 'action_item_due', i.id, i.due_on::text FROM action_item i
            WHERE i.status = 'open' AND i.due_on BETWEEN today AND today + 3
                AND i.created_at < (i.due_on - 3)::timestamp AT TIME ZONE 'Europe/Paris'
        UNION ALL
        SELECT 'action_item_overdue', i.id, i.due_on::text FROM action_item i
            WHERE i.status = 'open' AND i.due_on BETWEEN today - 30 AND today - 1
        UNION ALL
        SELECT 'membership_review_due', r.id, r.due_on::text FROM membership_review r
            WHERE r.closed_at IS NULL AND r.due_on BETWEEN today AND today + 3
                AND r.created_at < (r.due_on - 3)::timestamp AT TIME ZONE 'Europe/Paris'
        UNION ALL
        SELECT 'membership_request_expires', r.id, extract(epoch FROM r.expires_at)::bigint::text FROM membership_request r
            WHERE r.expires_at > at AND r.expires_at < (today + 8)::timestamp AT TIME ZONE 'Europe/Paris' AND r.created_at < r.expires_at - interval '7 days'
                AND app.dossier_is_open(r.person_decision, r.network_decision, r.withdrawn_at, r.expires_at, at)
        UNION ALL
        SELECT 'invitation_expires', v.id, extract(epoch FROM v.expires_at)::bigint::text FROM invitation v
            LEFT JOIN membership_request r ON r.id = v.request_id
            WHERE v.expires_at > at AND v.expires_at < (today + 8)::timestamp AT TIME ZONE 'Europe/Paris'
                AND app.invitation_status(v.used_at, v.revoked_at, v.claimed_at, v.expires_at, at) = 'sent'
                AND app.dossier_is_open(r.person_decision, r.network_decision, r.withdrawn_at, r.expires_at, at)
                AND NOT EXISTS (SELECT FROM delivery d WHERE d.object_id = v.id AND d.kind = 'invitation'
                    AND d.created_at >= v.expires_at - interval '7 days')
        UNION ALL
        -- Of an invitation to a network, those who sent it hear by the end of its membership request.
        SELECT 'invitation_expired', v.id, extract(epoch FROM v.expires_at)::bigint::text FROM invitation v
            WHERE v.expires_at > at - interval '30 days' AND v.expires_at <= at
                AND v.request_id IS NULL AND v.used_at IS NULL AND v.revoked_at IS NULL
        UNION ALL
        -- Who answers for it from now on hears of it too.
        SELECT 'service_account_expires', a.id, concat_ws(':', extract(epoch FROM a.expires_at)::bigint, a.owner_id) FROM service_account a
            WHERE a.revoked_at IS NULL AND a.expires_at > at AND a.expires_at < (today + 15)::timestamp AT TIME ZONE 'Europe/Paris'
                AND a.created_at < a.expires_at - interval '14 days'
        UNION ALL
        -- Of a key that a later one follows, nobody need hear, nor of one that ends with its account.
        SELECT 'service_account_key_expires', k.id, concat_ws(':', extract(epoch FROM k.expires_at)::bigint, a.owner_id) FROM service_account_key k
            JOIN service_account a ON a.id = k.service_account_id
            WHERE k.revoked_at IS NULL AND k.expires_at > at AND k.expires_at < (today + 15)::timestamp AT TIME ZONE 'Europe/Paris'
                AND k.created_at < k.expires_at - interval '14 days' AND a.revoked_at IS NULL AND a.expires_at > k.expires_at
                AND NOT EXISTS (SELECT FROM service_account_key l WHERE l.service_account_id = a.id AND l.revoked_at IS NULL
                    AND l.expires_at > k.expires_at)
    ), planned AS (
        INSERT INTO task (kind, key, object_id, due_at)
            SELECT 'remind', concat_ws(':', 'remind', what, id, due), id, at FROM falling ORDER BY id
            ON CONFLICT (key) DO NOTHING RETURNING 1
    )
    SELECT count(*) FROM planned
$$;
