-- What scripts/check must refuse: killed between the two, it could not be run again.
ALTER TABLE member ADD COLUMN sample_note text;
CREATE INDEX CONCURRENTLY IF NOT EXISTS member_sample_idx ON member (sample_note);
