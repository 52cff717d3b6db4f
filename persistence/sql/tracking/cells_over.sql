-- Every cell of the matrix at the ends of days, in one pass over the facts: the same as app.cell one by one (a test
-- compares).
CREATE OR REPLACE FUNCTION app.cells_over(days date[])
RETURNS TABLE (day date, network_id uuid, organization_id uuid, expected bigint, filled bigint,
    referents_expected bigint, referents_filled bigint, members bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    ends timestamptz[];
BEGIN
    IF days = '{}' THEN
        RETURN;
    END IF;
    days := ARRAY(SELECT DISTINCT d FROM unnest(days) d ORDER BY d);
    ends := ARRAY(SELECT least(app.end_of(d), app.clock()) FROM unnest(days) WITH ORDINALITY AS u (d, place) ORDER BY place);
    RETURN QUERY
    WITH asked AS MATERIALIZED (SELECT * FROM unnest(days, ends) WITH ORDINALITY AS u (day, at, place)),
    sits AS (
        SELECT m.network_id, m.organization_id, m.role, m.valid * a.valid AS valid,
            least(m.suspended_at, p.suspended_at, p.departed_at) AS until
        FROM membership m JOIN member p ON p.id = m.member_id JOIN affiliation a ON a.id = m.affiliation_id
    ), stays AS MATERIALIZED (
        -- From the first of the days on which someone sits to the last, and how many such.
        SELECT s.network_id, s.organization_id, s.role, count(*) AS number,
            1 + coalesce(width_bucket(lower(s.valid) - interval '1 microsecond', ends), 0) AS first,
            coalesce(width_bucket(least(upper(s.valid), s.until) - interval '1 microsecond', ends), cardinality(ends)) AS last
        FROM sits s WHERE NOT isempty(s.valid) GROUP BY s.network_id, s.organization_id, s.role, first, last
    ), active AS MATERIALIZED (
        SELECT d.day, m.network_id, m.organization_id, m.role, sum(m.number) AS number
        FROM asked d JOIN stays m ON d.place BETWEEN m.first AND m.last
        GROUP BY d.day, m.network_id, m.organization_id, m.role
    ), seats AS (
        SELECT d.day, s.network_id, s.organization_id, sum(s.min) AS expected,
            sum(least(coalesce(a.number, 0), s.min)) AS filled,
            coalesce(sum(s.min) FILTER (WHERE s.role = 'referent'), 0) AS referents_expected,
            coalesce(sum(least(coalesce(a.number, 0), s.min)) FILTER (WHERE s.role = 'referent'), 0) AS referents_filled
        FROM asked d JOIN seat s ON s.valid @> d.at
            LEFT JOIN active a ON (a.day, a.network_id, a.organization_id, a.role) = (d.day, s.network_id, s.organization_id, s.role)
        GROUP BY d.day, s.network_id, s.organization_id
    ), people AS (
        SELECT day, network_id, organization_id, sum(number) AS members FROM active GROUP BY day, network_id, organization_id
    )
    SELECT day, network_id, organization_id, coalesce(s.expected, 0)::bigint, coalesce(s.filled, 0)::bigint,
        coalesce(s.referents_expected, 0)::bigint, coalesce(s.referents_filled, 0)::bigint, coalesce(p.members, 0)::bigint
    FROM seats s FULL JOIN people p USING (day, network_id, organization_id);
END $$;
