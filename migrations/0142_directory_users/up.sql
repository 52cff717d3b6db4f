-- Who keeps an affiliation: people, unless a directory placed the member there.
ALTER TABLE affiliation ADD COLUMN source_id uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000010';
ALTER TABLE affiliation ADD CONSTRAINT affiliation_source_id_fkey FOREIGN KEY (source_id) REFERENCES source NOT VALID;

-- Members as directories know them. One that a directory removed keeps its row, so that they are known again.
CREATE TABLE directory_user (
    member_id uuid NOT NULL CONSTRAINT directory_user_member_id_fkey REFERENCES member,
    source_id uuid NOT NULL CONSTRAINT directory_user_source_id_fkey REFERENCES source,
    user_name text NOT NULL,
    -- In lower case: names that differ by case alone are one.
    name_key text COLLATE "C" NOT NULL,
    -- The establishment that the directory named, as it named it.
    siret text,
    -- What the directory last said of the member, whether it was taken or not.
    said jsonb NOT NULL DEFAULT '{}',
    -- When this directory suspended the member.
    suspended_at timestamptz,
    removed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT directory_user_pkey PRIMARY KEY (member_id, source_id)
);
CREATE UNIQUE INDEX directory_user_name_key ON directory_user (source_id, name_key) WHERE removed_at IS NULL;
CREATE INDEX directory_user_member_idx ON directory_user (source_id, member_id) WHERE removed_at IS NULL;
CREATE INDEX directory_user_updated_at_idx ON directory_user (source_id, updated_at, member_id) WHERE removed_at IS NULL;

-- Networks as directories know them: grows with each change of the members that a directory placed there.
CREATE TABLE directory_group (
    network_id uuid NOT NULL CONSTRAINT directory_group_network_id_fkey REFERENCES network,
    source_id uuid NOT NULL CONSTRAINT directory_group_source_id_fkey REFERENCES source,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT directory_group_pkey PRIMARY KEY (network_id, source_id)
);
GRANT DELETE ON external_id TO diapason_app;
