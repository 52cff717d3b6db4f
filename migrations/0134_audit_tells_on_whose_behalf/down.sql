ALTER TABLE audit_event DROP COLUMN on_behalf_of;
