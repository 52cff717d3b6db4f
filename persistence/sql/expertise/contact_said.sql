-- The words of a contact, for the filter of a list.
CREATE OR REPLACE FUNCTION app.contact_said(given_name text, name text, organization_name text, role_title text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT app.fold(concat_ws(E'\n', given_name || ' ' || name, name, organization_name, role_title)) $$;
