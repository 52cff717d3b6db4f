-- What a row says: neither NULL nor an empty list.
CREATE OR REPLACE FUNCTION app.is_said(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(value NOT IN ('null', '[]'), false) $$;

-- A field belongs to the source that said it last: people, unless the transaction names another in diapason.source.
-- Its arguments are the fields. What loads in bulk says `bulk`, and whose the fields are itself.
CREATE OR REPLACE FUNCTION app.claim_fields() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text := coalesce(nullif(current_setting('diapason.source', true), ''), 'manual');
    before jsonb;
    after jsonb := to_jsonb(NEW);
    said text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
    ELSIF current_setting('diapason.managed_alone', true) IS DISTINCT FROM 'on' THEN
        NEW.field_sources := NEW.field_sources || coalesce(
            (SELECT jsonb_object_agg(field, whose) FROM unnest(TG_ARGV) field WHERE app.is_said(after -> field)), '{}');
        RETURN NEW;
    END IF;
    said := ARRAY(SELECT field FROM unnest(TG_ARGV) field
        WHERE CASE WHEN before IS NULL THEN app.is_said(after -> field)
            ELSE after -> field IS DISTINCT FROM before -> field END);
    IF current_setting('diapason.managed_alone', true) = 'on' THEN
        IF EXISTS (SELECT FROM unnest(said) field WHERE coalesce(NEW.field_sources ->> field, whose) <> whose) THEN
            RAISE EXCEPTION 'a field is held by another source' USING DETAIL = (SELECT jsonb_object_agg(field, NEW.field_sources ->> field)
                FROM unnest(said) field WHERE coalesce(NEW.field_sources ->> field, whose) <> whose);
        END IF;
    END IF;
    NEW.field_sources := NEW.field_sources || coalesce((SELECT jsonb_object_agg(field, whose) FROM unnest(said) field), '{}');
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER organization_fields_claimed BEFORE INSERT OR UPDATE ON organization FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk')
    EXECUTE FUNCTION app.claim_fields('kind', 'prefecture_level', 'origin_override', 'name', 'short_name', 'aliases',
        'parent_id', 'siren', 'sirets', 'territory_code', 'email_domains', 'website', 'contact_points');
CREATE OR REPLACE TRIGGER member_fields_claimed BEFORE INSERT OR UPDATE ON member FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk')
    EXECUTE FUNCTION app.claim_fields('given_name', 'usual_name', 'email', 'phones', 'languages', 'profile_visibility');
CREATE OR REPLACE TRIGGER affiliation_fields_claimed BEFORE INSERT OR UPDATE ON affiliation FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk')
    EXECUTE FUNCTION app.claim_fields('position', 'service', 'profession', 'is_primary');
