ALTER TABLE follow_up DROP COLUMN referent_id;
