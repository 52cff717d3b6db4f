ALTER TABLE service_account DROP COLUMN revoked_at, DROP COLUMN subject_clients, DROP COLUMN updated_at, DROP COLUMN created_by, DROP COLUMN updated_by;
