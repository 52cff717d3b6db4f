DROP FUNCTION app.review_total(uuid, uuid, timestamptz, timestamptz);
DROP FUNCTION app.review_answered(uuid);
DROP TABLE delivery, task, membership_review_answer, membership_review, invitation, membership_request;
ALTER TABLE service_account DROP COLUMN version;
DROP INDEX service_account_owner_id_idx;
DROP FUNCTION app.invitation_status(timestamptz, timestamptz, timestamptz, timestamptz, timestamptz);
DROP FUNCTION app.request_status(text, text, timestamptz, timestamptz, timestamptz);
ALTER TABLE membership DROP COLUMN notification_level;
