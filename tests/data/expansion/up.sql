-- What a later version may do to the tables while this one still serves: a column that may be empty, a table that this
-- version does not know, an index.
ALTER TABLE network ADD COLUMN sample_note text;
CREATE TABLE sample (
    id uuid CONSTRAINT sample_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT sample_network_id_fkey REFERENCES network
);
CREATE INDEX sample_network_id_idx ON sample (network_id);
CREATE INDEX membership_sample_idx ON membership (network_id, created_at);
INSERT INTO __diesel_schema_migrations (version) VALUES ('9001');
