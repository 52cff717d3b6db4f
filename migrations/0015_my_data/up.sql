-- Who objects to the publication of his profile (GDPR, art. 21) is shown to those alone who must know him.
ALTER TABLE member ADD COLUMN profile_objection_at timestamptz;
CREATE FUNCTION app.keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.profile_visibility := 'leads';
    RETURN NEW;
END $$;
-- Whoever writes, a person or an import: the objection stands.
CREATE TRIGGER member_objection_kept BEFORE INSERT OR UPDATE ON member FOR EACH ROW
    WHEN (NEW.profile_objection_at IS NOT NULL AND NEW.profile_visibility <> 'leads') EXECUTE FUNCTION app.keep_objection();
