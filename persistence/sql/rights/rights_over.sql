-- Whose rights rest on where an organization stands and what it is: who holds a role over it, over one above it, or
-- in a DICOM that serves one of these, and who sits in it.
CREATE OR REPLACE FUNCTION app.rights_over(organization uuid) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE above(id) AS (
        SELECT organization
        UNION
        SELECT o.parent_id FROM above JOIN organization o ON o.id = above.id WHERE o.parent_id IS NOT NULL
    ), over(id) AS (
        SELECT id FROM above
        UNION
        SELECT l.from_id FROM above JOIN organization_link l ON l.to_id = above.id AND l.kind = 'serves'
    )
    SELECT r.member_id FROM role_assignment r JOIN over ON over.id = r.organization_id WHERE upper_inf(r.valid) OR upper(r.valid) > app.clock()
    UNION
    SELECT a.member_id FROM affiliation a WHERE a.organization_id = organization AND (upper_inf(a.valid) OR upper(a.valid) > app.clock());
END $$;

-- Takes the locks on rights that change: of principals and of the deputies who stand in for them, of those who sit in
-- organizations or holds a role that reaches them, of who co-leads a network from an organization or is a deputy there, and
-- of the scripts that write with the rights of any of these, or in organizations above. In one order, so that two who take several wait for each other
-- at most once.
CREATE OR REPLACE FUNCTION app.lock_rights(principals uuid[], organizations uuid[], networks uuid[], seats uuid[])
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    holder uuid;
BEGIN
    FOR holder IN WITH RECURSIVE above (id) AS (
                SELECT unnest(organizations)
                UNION SELECT o.parent_id FROM above JOIN organization o ON o.id = above.id WHERE o.parent_id IS NOT NULL
            ), holders AS MATERIALIZED (
                SELECT unnest(principals) AS who
                UNION SELECT app.rights_over(o) FROM unnest(organizations) o
                UNION SELECT d.member_id FROM membership r JOIN membership d USING (network_id, organization_id)
                    WHERE r.member_id = ANY (principals) AND r.role = 'referent' AND d.role = 'deputy'
                UNION SELECT m.member_id FROM unnest(networks, seats) AS c (network, organization)
                    JOIN membership m ON m.network_id = c.network AND m.organization_id = c.organization
                        AND m.role IN ('co_lead', 'deputy')
            )
            SELECT who FROM holders
            UNION SELECT s.id FROM service_account s JOIN above ON above.id = s.organization_id
            UNION SELECT s.id FROM service_account s JOIN holders h ON s.owner_id = h.who
            ORDER BY 1 LOOP
        PERFORM app.change_rights(holder);
    END LOOP;
END $$;
