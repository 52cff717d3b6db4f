ALTER TABLE network DROP COLUMN sample_note;
