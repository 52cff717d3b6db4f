-- Whom an announcement reaches at a time: who sits in the network, or works in such an organization. Partners and
-- observers by origin are never reached through that standing.
CREATE OR REPLACE FUNCTION app.addressees(of_network uuid, kinds text[], from_origins text[], at timestamptz) RETURNS uuid[]
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
