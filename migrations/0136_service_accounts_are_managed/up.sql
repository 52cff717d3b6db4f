-- Service accounts are created, changed and revoked by people: when and by whom. Those that stood before are the system's.
ALTER TABLE service_account
    ADD COLUMN revoked_at timestamptz,
    ADD COLUMN subject_clients jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT '2026-01-01Z',
    ADD COLUMN created_by uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000001',
    ADD COLUMN updated_by uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000001';
