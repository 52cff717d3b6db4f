DROP FUNCTION app.plan_digests(timestamptz, date);
DROP FUNCTION app.notify(text, text, text, uuid, uuid, uuid[], timestamptz);
DROP FUNCTION app.leads_of(uuid, boolean, timestamptz);
DROP FUNCTION app.addressees(uuid, text[], text[], timestamptz);
DROP FUNCTION app.fresh_v7(timestamptz);
DELETE FROM task WHERE object_id IN (SELECT id FROM delivery WHERE kind <> 'invitation');
DELETE FROM delivery WHERE kind <> 'invitation';
ALTER TABLE delivery DROP CONSTRAINT delivery_address_check, DROP CONSTRAINT delivery_kind_check, DROP CONSTRAINT delivery_status_check,
    ALTER COLUMN address SET NOT NULL,
    ADD CONSTRAINT delivery_kind_check CHECK (kind IN ('invitation')),
    ADD CONSTRAINT delivery_status_check CHECK (status IN ('queued', 'sent', 'failed', 'bounced'));
DROP TABLE notification, announcement;
