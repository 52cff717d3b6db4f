DROP TABLE contact, expertise_request, expertise_endorsement, member_expertise, expertise_term;
DROP FUNCTION app.term_names(text, text, text, text[]);
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
