DROP TRIGGER organization_siret_kept ON organization;
DROP FUNCTION app.keep_sirets();
DROP TABLE organization_siret;
-- What went with the table is applied again by the next `migrate`.
DELETE FROM app.sql_file;
