-- A name that changes has another skeleton: the person who writes it without one leaves that to the worker.
CREATE OR REPLACE FUNCTION app.forget_skeleton() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.skeleton IS NOT DISTINCT FROM OLD.skeleton THEN
        NEW.skeleton := NULL;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER member_forgets_skeleton BEFORE UPDATE OF given_name, usual_name ON member
    FOR EACH ROW WHEN (OLD.display_name IS DISTINCT FROM NEW.given_name || ' ' || NEW.usual_name)
    EXECUTE FUNCTION app.forget_skeleton();
