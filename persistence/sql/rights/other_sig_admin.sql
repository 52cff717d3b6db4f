-- Whether a SIG administrator other than the holder of this role remains.
CREATE OR REPLACE FUNCTION app.other_sig_admin(assignment uuid, at timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
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
