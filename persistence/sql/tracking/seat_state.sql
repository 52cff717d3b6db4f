-- recompute: SELECT app.refresh_cells();

-- How a seat stands at a time: who fills it, who holds it without the right to, and what is wrong.
-- A holder is active when neither they nor their membership is suspended and their affiliation lasts; only the active fill.
-- PL/pgSQL, whose plans are kept: SQL functions that are not inlined are planned at each call.
CREATE OR REPLACE FUNCTION app.seat_state(seat seat, at timestamptz)
RETURNS TABLE (filled integer, unqualified integer, gaps text[]) LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT count(*) FILTER (WHERE h.now AND h.active)::integer,
        count(*) FILTER (WHERE h.now AND NOT (h.active AND h.qualified))::integer,
        array_remove(ARRAY[
            CASE WHEN count(*) FILTER (WHERE h.now AND h.active) > seat.max THEN 'overfilled'
                 WHEN count(*) FILTER (WHERE h.now AND h.active) >= seat.min THEN NULL
                 WHEN count(*) FILTER (WHERE NOT h.now) > 0 AND count(*) FILTER (WHERE h.now AND h.active) = 0 THEN 'expired'
                 ELSE 'vacant' END,
            CASE WHEN count(*) FILTER (WHERE h.now AND NOT (h.active AND h.qualified)) > 0 THEN 'unqualified' END], NULL)
    FROM (
        SELECT m.valid @> at AS now,
            (m.suspended_at IS NULL OR m.suspended_at > at) AND (p.suspended_at IS NULL OR p.suspended_at > at)
                AND (p.departed_at IS NULL OR p.departed_at > at) AND a.valid @> at AS active,
            (n.eligible_origins = '{}' OR o.origin = ANY (n.eligible_origins))
                AND (seat.professions = '{}' OR a.profession = ANY (seat.professions)) IS TRUE AS qualified
        FROM membership m
            JOIN member p ON p.id = m.member_id
            JOIN affiliation a ON a.id = m.affiliation_id
            JOIN organization o ON o.id = m.organization_id
            JOIN network n ON n.id = m.network_id
        WHERE m.network_id = seat.network_id AND m.organization_id = seat.organization_id AND m.role = seat.role
            AND lower(m.valid) <= at
    ) h;
END $$;
