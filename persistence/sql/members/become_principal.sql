-- A member is a principal from the first instant, under the same identifier. A load in bulk writes both itself.
CREATE OR REPLACE FUNCTION app.become_principal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO principal (id, kind, created_at) VALUES (NEW.id, 'member', NEW.created_at);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER member_is_principal BEFORE INSERT ON member FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk') EXECUTE FUNCTION app.become_principal();
