-- recompute: SELECT app.refresh_cells();

-- Rewrites one cell; the caller holds the network's lock.
CREATE OR REPLACE FUNCTION app.refresh_cell(network uuid, organization uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tracking_cell (network_id, organization_id, expected, filled, referents, members, gaps, next_change_at)
    SELECT network, organization, c.expected, c.filled, c.referents, c.members, c.gaps, (
        SELECT min(bound) FROM (
            SELECT unnest(ARRAY[lower(s.valid), upper(s.valid)]) AS bound FROM seat s
                WHERE s.network_id = network AND s.organization_id = organization
            UNION ALL
            SELECT unnest(ARRAY[lower(m.valid), upper(m.valid), upper(a.valid)])
                FROM membership m JOIN affiliation a ON a.id = m.affiliation_id
                WHERE m.network_id = network AND m.organization_id = organization
        ) bounds WHERE bound > app.clock())
    FROM app.cell(network, organization, app.clock()) c
    ON CONFLICT (network_id, organization_id) DO UPDATE SET expected = EXCLUDED.expected, filled = EXCLUDED.filled,
        referents = EXCLUDED.referents, members = EXCLUDED.members, gaps = EXCLUDED.gaps,
        next_change_at = EXCLUDED.next_change_at
    WHERE (tracking_cell.expected, tracking_cell.filled, tracking_cell.referents, tracking_cell.members, tracking_cell.gaps)
        <> (EXCLUDED.expected, EXCLUDED.filled, EXCLUDED.referents, EXCLUDED.members, EXCLUDED.gaps)
        OR tracking_cell.next_change_at IS DISTINCT FROM EXCLUDED.next_change_at;
END $$;

-- Rewrites every cell of the matrix, after a load in bulk.
CREATE OR REPLACE FUNCTION app.refresh_cells() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    DELETE FROM tracking_cell;
    INSERT INTO tracking_cell (network_id, organization_id, expected, filled, referents, members, gaps)
        SELECT p.network_id, p.organization_id, c.expected, c.filled, c.referents, c.members, c.gaps
        FROM (SELECT network_id, organization_id FROM seat UNION SELECT network_id, organization_id FROM membership) p,
            app.cell(p.network_id, p.organization_id, app.clock()) c;
    -- The few that will change by themselves.
    PERFORM app.refresh_cell(p.network_id, p.organization_id)
        FROM (SELECT network_id, organization_id FROM seat WHERE lower(valid) > app.clock() OR upper(valid) > app.clock()
            UNION SELECT network_id, organization_id FROM membership
                WHERE lower(valid) > app.clock() OR upper(valid) > app.clock()
            UNION SELECT m.network_id, m.organization_id FROM membership m JOIN affiliation a ON a.id = m.affiliation_id
                WHERE upper(a.valid) > app.clock()) p;
END $$;

-- Rewrites cells: those named, those in which members count, those of organizations, those of networks. Their networks are
-- locked, by the transaction, if it did not do so before.
CREATE OR REPLACE FUNCTION app.rewrite_cells(networks uuid[], organizations uuid[], members uuid[], all_at uuid[], all_in uuid[])
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    cell record;
BEGIN
    PERFORM FROM network n WHERE n.id IN (SELECT unnest(networks)
            UNION SELECT m.network_id FROM membership m WHERE m.member_id = ANY (members)
            UNION SELECT t.network_id FROM tracking_cell t WHERE t.organization_id = ANY (all_at)
            UNION SELECT unnest(all_in))
        ORDER BY n.id FOR NO KEY UPDATE;
    FOR cell IN SELECT * FROM unnest(networks, organizations) AS named (network, organization)
            UNION SELECT m.network_id, m.organization_id FROM membership m WHERE m.member_id = ANY (members)
            UNION SELECT t.network_id, t.organization_id FROM tracking_cell t
                WHERE t.organization_id = ANY (all_at) OR t.network_id = ANY (all_in)
            ORDER BY 1, 2 LOOP
        PERFORM app.refresh_cell(cell.network, cell.organization);
    END LOOP;
END $$;
