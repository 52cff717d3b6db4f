DROP TABLE membership_review_answer, membership_review, invitation, membership_request;
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
