DROP TABLE action_item, decision, follow_up_comment, follow_up;
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
