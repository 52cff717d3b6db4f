DROP FUNCTION app.search_deletes(text), app.search_vector(text), app.search_terms(text), app.search_text(text), app.fold(text);
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
