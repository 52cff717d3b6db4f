-- What every noun stands on: principals, sources, the audit log, history, changes, idempotency.
-- Runs as diapason_owner; the role diapason_app exists beforehand (docs/operations.md).
CREATE SCHEMA app;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

GRANT USAGE ON SCHEMA app, public TO diapason_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO diapason_app;

-- What `migrate` applied of persistence/sql: each file with its digest and the functions and triggers that it made, so
-- that one which left the file is dropped.
CREATE TABLE app.sql_file (
    name text CONSTRAINT sql_file_pkey PRIMARY KEY,
    digest text NOT NULL,
    makes text[] NOT NULL
);
-- Every state of the whole folder that was ever applied; the last row stands. serves_from is the number of the newest
-- migration that a binary must know to be served by these functions.
CREATE TABLE app.sql_applied (
    number integer GENERATED ALWAYS AS IDENTITY CONSTRAINT sql_applied_pkey PRIMARY KEY,
    digest text NOT NULL,
    serves_from text NOT NULL,
    at timestamptz NOT NULL
);
GRANT SELECT ON app.sql_file, app.sql_applied TO diapason_app;

CREATE TABLE principal (
    id uuid CONSTRAINT principal_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT principal_kind_check CHECK (kind IN ('member', 'service_account', 'system')),
    created_at timestamptz NOT NULL
);
INSERT INTO principal (id, kind, created_at) VALUES ('00000000-0000-7000-8000-000000000001', 'system', '2026-01-01Z');

-- Who a token speaks for: a subject means something only beside its issuer.
CREATE TABLE identity (
    issuer text NOT NULL,
    subject text NOT NULL,
    principal_id uuid NOT NULL CONSTRAINT identity_principal_id_fkey REFERENCES principal,
    created_at timestamptz NOT NULL,
    CONSTRAINT identity_pkey PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_principal_id_idx ON identity (principal_id);

CREATE TABLE source (
    id uuid CONSTRAINT source_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT source_code_key UNIQUE,
    kind text NOT NULL CONSTRAINT source_kind_check CHECK (kind IN ('manual', 'csv', 'dila', 'scim', 'system'))
);
INSERT INTO source (id, code, kind) VALUES
    ('00000000-0000-7000-8000-000000000010', 'manual', 'manual'),
    ('00000000-0000-7000-8000-000000000011', 'csv', 'csv'),
    ('00000000-0000-7000-8000-000000000012', 'dila', 'dila'),
    ('00000000-0000-7000-8000-000000000013', 'reference', 'system'),
    ('00000000-0000-7000-8000-000000000014', 'demo', 'system');

CREATE TABLE external_id (
    noun text NOT NULL,
    source_id uuid NOT NULL CONSTRAINT external_id_source_id_fkey REFERENCES source,
    value text NOT NULL,
    object_id uuid NOT NULL,
    CONSTRAINT external_id_pkey PRIMARY KEY (noun, source_id, value)
);
CREATE INDEX external_id_object_id_idx ON external_id (object_id);

-- Append-only: the application may insert and read; a trigger (persistence/sql/kernel/append_only.sql) stops everyone else.
CREATE TABLE audit_event (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_event_pkey PRIMARY KEY,
    at timestamptz NOT NULL,
    principal_id uuid NOT NULL,
    action text NOT NULL,
    noun text NOT NULL,
    object text,
    object_version integer,
    outcome text NOT NULL CONSTRAINT audit_event_outcome_check CHECK (outcome IN ('done', 'refused', 'read')),
    reason text,
    changed_fields text[] NOT NULL DEFAULT '{}',
    request_id uuid
);
CREATE INDEX audit_event_object_idx ON audit_event (object, position);
CREATE INDEX audit_event_principal_idx ON audit_event (principal_id, position);
REVOKE UPDATE ON audit_event FROM diapason_app;

-- A restore raises the epoch, so that an older cursor is known to be lost.
CREATE TABLE epoch (number integer CONSTRAINT epoch_pkey PRIMARY KEY);
INSERT INTO epoch VALUES (1);
-- A default rests on it, so it stands here.
CREATE FUNCTION app.epoch() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT max(number) FROM epoch $$;

-- One per changed object and transaction: its row as it became (recorded time), and what the feed of changes tells of it. One row,
-- since both are written with every write. The image goes when a person is pseudonymised; the feed is read only below the
-- snapshot's horizon, in the order (xid, position).
CREATE TABLE change (
    object_id uuid NOT NULL,
    object_version integer NOT NULL,
    noun text NOT NULL,
    verb text NOT NULL CONSTRAINT change_verb_check CHECK (verb IN ('created', 'updated', 'ended', 'voided')),
    changed_fields text[] NOT NULL,
    actor_id uuid NOT NULL,
    at timestamptz NOT NULL,
    epoch integer NOT NULL DEFAULT app.epoch(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position bigint GENERATED ALWAYS AS IDENTITY,
    image jsonb,
    CONSTRAINT change_pkey PRIMARY KEY (object_id, object_version)
);
CREATE INDEX change_order_idx ON change (xid, position);
-- Its two sides, by name.
CREATE VIEW history AS
    SELECT noun, object_id, object_version, at, image FROM change WHERE image IS NOT NULL;
CREATE VIEW change_event AS
    SELECT position, xid, epoch, noun, object_id, object_version, verb, changed_fields, actor_id, at FROM change;

-- 48 hours of POST requests; the answer is rendered again, so nothing of it is stored.
CREATE TABLE idempotency_key (
    principal_id uuid NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    object_id uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (principal_id, key)
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);
GRANT DELETE ON idempotency_key TO diapason_app;
