-- The organization and all below it, at a time.
CREATE OR REPLACE FUNCTION app.descendants(organization uuid, at timestamptz) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE below(id) AS (
        SELECT organization
        UNION
        SELECT p.organization_id FROM below JOIN organization_period p ON p.parent_id = below.id AND p.valid @> at
    )
    SELECT id FROM below;
END $$;

-- Whether an organization is another one, or stands below it.
CREATE OR REPLACE FUNCTION app.is_below(lower uuid, upper uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(id) AS (
        SELECT lower
        UNION
        SELECT o.parent_id FROM above JOIN organization o ON o.id = above.id WHERE o.parent_id IS NOT NULL
    )
    SELECT EXISTS (SELECT FROM above WHERE above.id = upper)
$$;
