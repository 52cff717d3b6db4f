-- The SIRETs of the organizations that live, each of one alone: the key of the table refuses a second.
-- recompute: INSERT INTO organization_siret (siret, organization_id)
--     SELECT DISTINCT ON (siret) siret, id FROM organization, unnest(sirets) siret WHERE status = 'active' ORDER BY siret, id
--     ON CONFLICT DO NOTHING;
CREATE OR REPLACE FUNCTION app.keep_sirets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM organization_siret o WHERE o.organization_id = NEW.id AND (NEW.status <> 'active' OR o.siret <> ALL (NEW.sirets));
    INSERT INTO organization_siret (siret, organization_id)
        SELECT DISTINCT siret, NEW.id FROM unnest(NEW.sirets) AS held (siret) WHERE NEW.status = 'active'
            AND NOT EXISTS (SELECT FROM organization_siret o WHERE o.siret = held.siret AND o.organization_id = NEW.id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER organization_siret_kept AFTER INSERT OR UPDATE OF sirets, status ON organization FOR EACH ROW
    EXECUTE FUNCTION app.keep_sirets();
