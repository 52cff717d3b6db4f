DROP TABLE directory_group;
DROP TABLE directory_user;
ALTER TABLE affiliation DROP COLUMN source_id;
REVOKE DELETE ON external_id FROM diapason_app;
DELETE FROM app.sql_file;
