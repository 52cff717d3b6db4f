-- Every row that stood before is held against the constraint.
ALTER TABLE affiliation VALIDATE CONSTRAINT affiliation_source_id_fkey;
