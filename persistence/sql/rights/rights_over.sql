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

-- Takes the lock on the rights of all of them, always in the same order, so that two such calls never wait for each other.
CREATE OR REPLACE FUNCTION app.change_rights_over(organization uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    holder uuid;
BEGIN
    FOR holder IN SELECT who FROM app.rights_over(organization) who ORDER BY who LOOP
        PERFORM app.change_rights(holder);
    END LOOP;
END $$;

-- Whose rights rest on any of these organizations, each once and in one order.
CREATE OR REPLACE FUNCTION app.change_rights_over(organizations uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    holder uuid;
BEGIN
    FOR holder IN SELECT who FROM unnest(organizations) o, app.rights_over(o) who
            UNION SELECT s.id FROM service_account s WHERE s.organization_id = ANY (organizations) ORDER BY 1 LOOP
        PERFORM app.change_rights(holder);
    END LOOP;
END $$;
