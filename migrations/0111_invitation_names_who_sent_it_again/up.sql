-- Whoever sent a code does not confirm who shows it: beside created_by, all who sent it once more.
ALTER TABLE invitation ADD COLUMN resent_by uuid[] NOT NULL DEFAULT '{}';
