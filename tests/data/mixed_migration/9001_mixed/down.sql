ALTER TABLE member DROP COLUMN sample_note;
