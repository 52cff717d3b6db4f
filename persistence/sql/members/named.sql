-- An organization by name.
CREATE OR REPLACE FUNCTION app.organization_named(wanted uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('id', id, 'kind', kind, 'name', name, 'short_name', short_name))
        FROM organization WHERE id = wanted);
END $$;

-- A member by name.
CREATE OR REPLACE FUNCTION app.member_named(who uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('id', id, 'display_name', display_name) FROM member WHERE id = who);
END $$;
