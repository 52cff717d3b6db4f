-- Who showed the code, as the token said: those who confirm see a person and not an hour alone. And whether another login
-- showed the same code afterwards.
ALTER TABLE invitation ADD COLUMN claimed_name text;
ALTER TABLE invitation ADD COLUMN claimed_email text;
ALTER TABLE invitation ADD COLUMN contested_at timestamptz;
