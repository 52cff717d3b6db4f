-- Each description of an organization lasts until the next one.
CREATE OR REPLACE FUNCTION app.keep_organization_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.kind, NEW.name, NEW.status) = (OLD.kind, OLD.name, OLD.status)
            AND (NEW.short_name, NEW.parent_id, NEW.territory_code)
                IS NOT DISTINCT FROM (OLD.short_name, OLD.parent_id, OLD.territory_code) THEN
            RETURN NULL;
        END IF;
        DELETE FROM organization_period
            WHERE organization_id = NEW.id AND upper_inf(valid) AND lower(valid) >= NEW.updated_at;
        UPDATE organization_period SET valid = tstzrange(lower(valid), NEW.updated_at)
            WHERE organization_id = NEW.id AND upper_inf(valid);
    END IF;
    INSERT INTO organization_period (organization_id, valid, kind, name, short_name, parent_id, territory_code, status)
        VALUES (NEW.id, tstzrange(NEW.updated_at, NULL), NEW.kind, NEW.name, NEW.short_name, NEW.parent_id,
                NEW.territory_code, NEW.status);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER organization_period_kept AFTER INSERT OR UPDATE ON organization
    FOR EACH ROW EXECUTE FUNCTION app.keep_organization_period();
