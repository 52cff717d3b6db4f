ALTER TABLE invitation DROP COLUMN resent_by;
