-- The cells of days: of today as they are kept, of others as they were published, else from the facts.
CREATE OR REPLACE FUNCTION app.indicator_cells(days date[]) RETURNS TABLE (day date, network_id uuid, organization_id uuid,
    expected bigint, filled bigint, referents_expected bigint, referents_filled bigint, members bigint)
LANGUAGE sql STABLE AS $$
    WITH standing AS MATERIALIZED (
        SELECT on_date, max(revision) AS revision FROM indicator_publication
        WHERE on_date = ANY (days) AND on_date < app.today() GROUP BY on_date
    )
    SELECT on_date, c.network_id, c.organization_id, c.expected, c.filled, c.referents_expected, c.referents_filled, c.members
        FROM standing JOIN indicator_cell c USING (on_date, revision)
    UNION ALL
    SELECT app.today(), t.network_id, t.organization_id, t.expected::bigint, t.filled::bigint, coalesce(r.expected, 0)::bigint,
            coalesce(r.filled, 0)::bigint, t.members::bigint
        FROM (SELECT k.network_id, k.organization_id, k.expected, k.filled, k.members FROM tracking_cell k
                WHERE k.next_change_at IS NULL OR k.next_change_at > app.clock()
            UNION ALL SELECT k.network_id, k.organization_id, c.expected, c.filled, c.members
                FROM tracking_cell k, app.cell(k.network_id, k.organization_id, app.clock()) c
                WHERE k.next_change_at <= app.clock()) t
        LEFT JOIN (SELECT s.network_id, s.organization_id, sum(s.min) AS expected, sum(least(f.filled, s.min)) AS filled
            FROM seat s, app.seat_state(s, app.clock()) f
            WHERE s.role = 'referent' AND s.min > 0 AND s.valid @> app.clock()
            GROUP BY s.network_id, s.organization_id) r USING (network_id, organization_id)
        WHERE app.today() = ANY (days)
    UNION ALL
    SELECT o.* FROM app.cells_over(ARRAY(SELECT d FROM unnest(days) d
        WHERE d < app.today() AND NOT EXISTS (SELECT FROM standing WHERE on_date = d))) o
$$;

-- The same summed over each network: as it was published, else from the cells.
CREATE OR REPLACE FUNCTION app.indicator_totals(days date[]) RETURNS TABLE (day date, network_id uuid,
    expected bigint, filled bigint, referents_expected bigint, referents_filled bigint, members bigint)
LANGUAGE sql STABLE AS $$
    WITH standing AS MATERIALIZED (
        SELECT on_date, max(revision) AS revision FROM indicator_publication
        WHERE on_date = ANY (days) AND on_date < app.today() GROUP BY on_date
    )
    SELECT on_date, t.network_id, t.expected, t.filled, t.referents_expected, t.referents_filled, t.members
        FROM standing JOIN indicator_total t USING (on_date, revision)
    UNION ALL
    SELECT c.day, c.network_id, sum(c.expected)::bigint, sum(c.filled)::bigint, sum(c.referents_expected)::bigint,
            sum(c.referents_filled)::bigint, sum(c.members)::bigint
        FROM app.indicator_cells(ARRAY(SELECT d FROM unnest(days) d WHERE NOT EXISTS (SELECT FROM standing WHERE on_date = d))) c
        GROUP BY c.day, c.network_id
$$;
