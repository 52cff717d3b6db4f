-- A SIRET names one establishment (décret n° 73-314): of the organizations that live, one has it. Kept by a trigger.
CREATE TABLE organization_siret (
    siret text CONSTRAINT organization_siret_key PRIMARY KEY,
    organization_id uuid NOT NULL CONSTRAINT organization_siret_organization_id_fkey REFERENCES organization ON DELETE CASCADE
);
CREATE INDEX organization_siret_organization_id_idx ON organization_siret (organization_id);
GRANT SELECT, INSERT, DELETE ON organization_siret TO diapason_app;
-- Of two that have it already, the one recorded first keeps it here; both keep it in their row until one is changed.
INSERT INTO organization_siret (siret, organization_id)
    SELECT DISTINCT ON (siret) siret, id FROM organization, unnest(sirets) siret WHERE status = 'active' ORDER BY siret, id;
