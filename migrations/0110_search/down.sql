DROP TABLE search_word, search_name;
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
