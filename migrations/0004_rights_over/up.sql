-- Whose rights rest on where an organization stands and what it is: who holds a role over it, over one above it, or
-- in a DICOM that serves one of these, and who sits in it.
CREATE FUNCTION app.rights_over(organization uuid) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
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

-- Takes the lock on the rights of all of them, in one order.
CREATE FUNCTION app.change_rights_over(organization uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    holder uuid;
BEGIN
    FOR holder IN SELECT who FROM app.rights_over(organization) who ORDER BY who LOOP
        PERFORM app.change_rights(holder);
    END LOOP;
END $$;

-- Whether a SIG administrator other than the holder of this role remains.
CREATE FUNCTION app.other_sig_admin(assignment uuid, at timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- One lock for all such questions, so that two administrators do not each rest on the other.
    PERFORM app.change_rights(app.system());
    RETURN EXISTS (SELECT FROM role_assignment r
        JOIN member m ON m.id = r.member_id JOIN affiliation a ON a.id = r.affiliation_id
        JOIN organization o ON o.id = a.organization_id
        WHERE r.role = 'sig_admin' AND r.id <> assignment AND r.valid @> at AND upper_inf(r.valid)
            AND a.valid @> at AND upper_inf(a.valid) AND m.suspended_at IS NULL AND m.departed_at IS NULL
            AND o.origin NOT IN ('government_partner', 'observer'));
END $$;
