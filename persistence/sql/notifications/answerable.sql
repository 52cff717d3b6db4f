-- Who answers for an action item that names nobody: the directors whose scope holds the organization and who may know of its
-- network; where there is none, the référents of the organization there, if it is for them.
CREATE OR REPLACE FUNCTION app.answerable(of_organization uuid, of_network uuid, referents_too boolean, at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    WITH dicoms AS MATERIALIZED (
        SELECT v.dicom_id AS id FROM app.served(NULL, at) v WHERE v.organization_id = of_organization
    ), directors AS MATERIALIZED (
        SELECT DISTINCT m.id AS who FROM role_assignment r JOIN affiliation a ON a.id = r.affiliation_id
            JOIN organization o ON o.id = a.organization_id JOIN member m ON m.id = a.member_id
        WHERE r.role = 'dicom_director' AND r.valid @> at AND a.valid @> at
            AND m.suspended_at IS NULL AND m.departed_at IS NULL AND o.origin NOT IN ('government_partner', 'observer')
            AND (r.organization_id IN (SELECT id FROM dicoms) OR app.is_below(of_organization, r.organization_id))
            AND (of_network IS NULL OR EXISTS (SELECT FROM network n WHERE n.id = of_network AND n.visibility <> 'hidden')
                OR EXISTS (SELECT FROM membership s WHERE s.network_id = of_network AND s.member_id = m.id
                    AND s.valid @> at AND s.suspended_at IS NULL))
    ), referents AS MATERIALIZED (
        SELECT m.id AS who FROM membership s JOIN member m ON m.id = s.member_id
        WHERE referents_too AND s.network_id = of_network AND s.organization_id = of_organization AND s.role = 'referent'
            AND s.valid @> at AND s.suspended_at IS NULL AND m.suspended_at IS NULL AND m.departed_at IS NULL
    )
    SELECT coalesce(array_agg(DISTINCT who), '{}') FROM (
        SELECT who FROM directors UNION ALL SELECT who FROM referents WHERE NOT EXISTS (SELECT FROM directors)
    ) told
$$;
