ALTER TABLE member DROP COLUMN skeleton;
