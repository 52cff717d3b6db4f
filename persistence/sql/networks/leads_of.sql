-- Who decides for a network on a membership request: its leads, and those who co-lead it on that topic by a co-animation in force.
CREATE OR REPLACE FUNCTION app.leads_of(of_network uuid, on_interministerial boolean, at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT s.member_id), '{}') FROM membership s JOIN organization o ON o.id = s.organization_id
    WHERE s.network_id = of_network AND s.valid @> at AND s.suspended_at IS NULL
        AND o.origin NOT IN ('government_partner', 'observer')
        AND (s.role = 'lead' OR (s.role = 'co_lead' AND EXISTS (
            SELECT FROM co_animation c WHERE c.network_id = s.network_id AND c.organization_id = s.organization_id
                AND c.valid @> at AND (on_interministerial OR c.scope = 'all'))))
$$;

-- Whom a review of who sits in a network asks: its leads, and the référents of those who sit there.
CREATE OR REPLACE FUNCTION app.reviewers(of_network uuid, at timestamptz) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT who), '{}') FROM (
        SELECT unnest(app.leads_of(of_network, false, at)) AS who
        UNION ALL
        SELECT s.member_id FROM membership s JOIN organization o ON o.id = s.organization_id
        WHERE s.network_id = of_network AND s.role = 'referent' AND s.valid @> at AND s.suspended_at IS NULL
            AND o.origin NOT IN ('government_partner', 'observer')
    ) asked
$$;
