-- A column that may be empty: today's version writes rows without it.
ALTER TABLE network ADD COLUMN sample_note text;
