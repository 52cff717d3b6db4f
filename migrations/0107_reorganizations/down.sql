DROP TABLE reorganization;
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
