DROP TABLE role_assignment, service_account, affiliation, member, organization_link, organization_period, organization, territory;
DROP FUNCTION app.origin(text, text);
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
