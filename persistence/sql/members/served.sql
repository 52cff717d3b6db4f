-- Which organizations a DICOM follows at a time (all DICOMs when NULL): itself, those it serves, and what is below
-- them, stopping at one that another DICOM serves and at ministerial cabinets, unless linked themselves.
CREATE OR REPLACE FUNCTION app.served(dicom uuid, at timestamptz) RETURNS TABLE (dicom_id uuid, organization_id uuid)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH RECURSIVE scope(dicom_id, id) AS (
        SELECT p.organization_id, p.organization_id FROM organization_period p
            WHERE p.kind = 'communication_directorate' AND p.status = 'active' AND p.valid @> at
                AND (dicom IS NULL OR p.organization_id = dicom)
        UNION
        SELECT l.from_id, l.to_id FROM organization_link l
            JOIN organization_period p ON p.organization_id = l.from_id AND p.valid @> at
                AND p.kind = 'communication_directorate' AND p.status = 'active'
            WHERE l.kind = 'serves' AND l.valid @> at AND (dicom IS NULL OR l.from_id = dicom)
        UNION
        SELECT scope.dicom_id, p.organization_id
            FROM scope JOIN organization_period p ON p.parent_id = scope.id AND p.valid @> at
            WHERE p.kind <> 'ministerial_cabinet'
                AND NOT EXISTS (SELECT FROM organization_link l WHERE l.to_id = p.organization_id
                    AND l.kind = 'serves' AND l.valid @> at AND l.from_id <> scope.dicom_id)
    )
    SELECT scope.dicom_id, scope.id FROM scope;
END $$;
