CREATE OR REPLACE FUNCTION app.keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.profile_visibility := 'leads';
    RETURN NEW;
END $$;

-- The objection stands, whether a person or an import writes.
CREATE OR REPLACE TRIGGER member_objection_kept BEFORE INSERT OR UPDATE ON member FOR EACH ROW
    WHEN (NEW.profile_objection_at IS NOT NULL AND NEW.profile_visibility <> 'leads') EXECUTE FUNCTION app.keep_objection();
