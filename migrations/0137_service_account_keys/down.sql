DROP TABLE used_assertion;
DROP TABLE revoked_token;
DROP TABLE service_account_key;
DELETE FROM app.sql_file;
