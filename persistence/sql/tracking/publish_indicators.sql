-- Publishes a day, unless what is published says the same. Gives the revision that stands.
CREATE OR REPLACE FUNCTION app.publish_indicators(day date, why text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    standing integer := (SELECT max(revision) FROM indicator_publication WHERE on_date = day);
BEGIN
    IF standing IS NOT NULL AND NOT EXISTS (
        WITH fresh AS MATERIALIZED (SELECT network_id, organization_id, expected, filled, referents_expected, referents_filled,
            members FROM app.cells_over(ARRAY[day])),
        published AS (SELECT network_id, organization_id, expected, filled, referents_expected, referents_filled, members
            FROM indicator_cell WHERE on_date = day AND revision = standing)
        (TABLE fresh EXCEPT TABLE published) UNION ALL (TABLE published EXCEPT TABLE fresh)) THEN
        RETURN standing;
    END IF;
    standing := coalesce(standing, 0) + 1;
    INSERT INTO indicator_publication VALUES (day, standing, app.clock(), CASE WHEN standing > 1 THEN why END);
    INSERT INTO indicator_cell SELECT f.day, standing, f.network_id, f.organization_id, f.expected, f.filled,
        f.referents_expected, f.referents_filled, f.members FROM app.cells_over(ARRAY[day]) f;
    INSERT INTO indicator_total SELECT on_date, revision, network_id, sum(expected), sum(filled), sum(referents_expected),
        sum(referents_filled), sum(members) FROM indicator_cell WHERE on_date = day AND revision = standing GROUP BY 1, 2, 3;
    RETURN standing;
END $$;
