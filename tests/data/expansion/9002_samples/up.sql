-- A table that today's version does not know.
CREATE TABLE sample (
    id uuid CONSTRAINT sample_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT sample_network_id_fkey REFERENCES network
);
CREATE INDEX sample_network_id_idx ON sample (network_id);
