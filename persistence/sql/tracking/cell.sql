-- recompute: SELECT app.refresh_cells();

-- One cell at a time, from the facts: expected and filled over the seats (never more than expected: who sits beyond is a
-- gap, or optional), référents and members over the memberships.
CREATE OR REPLACE FUNCTION app.cell(network uuid, organization uuid, at timestamptz)
RETURNS TABLE (expected integer, filled integer, referents integer, members integer, gaps integer)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT coalesce(s.expected, 0)::integer, coalesce(s.filled, 0)::integer, m.referents::integer, m.members::integer,
        coalesce(s.gaps, 0)::integer
    FROM (
        SELECT sum(seat.min) AS expected, sum(least(state.filled, seat.min)) AS filled, sum(cardinality(state.gaps)) AS gaps
        FROM seat, app.seat_state(seat, at) state
        WHERE seat.network_id = network AND seat.organization_id = organization AND seat.valid @> at
    ) s, (
        SELECT count(*) FILTER (WHERE m.role = 'referent') AS referents, count(*) AS members
        FROM membership m JOIN member p ON p.id = m.member_id JOIN affiliation a ON a.id = m.affiliation_id
        WHERE m.network_id = network AND m.organization_id = organization AND m.valid @> at AND a.valid @> at
            AND (m.suspended_at IS NULL OR m.suspended_at > at) AND (p.suspended_at IS NULL OR p.suspended_at > at)
            AND (p.departed_at IS NULL OR p.departed_at > at)
    ) m;
END $$;
