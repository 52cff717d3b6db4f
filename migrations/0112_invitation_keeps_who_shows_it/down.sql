ALTER TABLE invitation DROP COLUMN contested_at;
ALTER TABLE invitation DROP COLUMN claimed_email;
ALTER TABLE invitation DROP COLUMN claimed_name;
