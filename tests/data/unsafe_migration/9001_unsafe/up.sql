-- What scripts/check must refuse: it stops every writer while it lasts, and breaks the version that is still serving.
ALTER TABLE member ADD COLUMN sample_note text NOT NULL;
ALTER TABLE member RENAME COLUMN phones TO telephones;
CREATE INDEX member_sample_idx ON member (created_at);
