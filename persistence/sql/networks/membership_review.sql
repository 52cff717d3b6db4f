-- How many memberships a review asks about: those that stood when it was opened, but for who left since without an answer.
CREATE OR REPLACE FUNCTION app.review_total(review uuid, network uuid, opened timestamptz, closed timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM membership m WHERE m.network_id = network AND m.valid @> opened
        AND (m.valid @> coalesce(closed, app.clock())
            OR EXISTS (SELECT FROM membership_review_answer a WHERE a.review_id = review AND a.membership_id = m.id))
$$;

CREATE OR REPLACE FUNCTION app.review_answered(review uuid) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT count(*) FROM membership_review_answer a WHERE a.review_id = review $$;
