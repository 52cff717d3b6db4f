-- What every noun stands on: principals, sources, the audit log, history, changes, idempotency.
-- Runs as diapason_owner; the role diapason_app exists beforehand (docs/operations.md).
CREATE SCHEMA app;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

GRANT USAGE ON SCHEMA app, public TO diapason_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO diapason_app;

-- The only way SQL reads the time. The shift is set on a session by the test clock alone.
CREATE FUNCTION app.clock() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT now() + coalesce(nullif(current_setting('diapason.clock_shift', true), '')::interval, interval '0') $$;

-- Case and accents folded, for search and order; IMMUTABLE because the dictionary never changes.
CREATE FUNCTION app.fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;

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

-- Append-only: the application may insert and read, and a trigger stops everyone else.
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
CREATE FUNCTION app.append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION app.append_only();

-- A restore raises the epoch, so that an older cursor is known to be lost.
CREATE TABLE epoch (number integer CONSTRAINT epoch_pkey PRIMARY KEY);
INSERT INTO epoch VALUES (1);
CREATE FUNCTION app.epoch() RETURNS integer LANGUAGE sql STABLE AS $$ SELECT max(number) FROM epoch $$;

-- One per changed object and transaction; read only below the snapshot's horizon, in the order (xid, position).
CREATE TABLE change_event (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT change_event_pkey PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    epoch integer NOT NULL DEFAULT app.epoch(),
    noun text NOT NULL,
    object_id uuid NOT NULL,
    object_version integer NOT NULL,
    verb text NOT NULL CONSTRAINT change_event_verb_check CHECK (verb IN ('created', 'updated', 'ended')),
    changed_fields text[] NOT NULL,
    actor_id uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX change_event_order_idx ON change_event (xid, position);
CREATE INDEX change_event_object_idx ON change_event (object_id, position);

-- Recorded time: one row image per mutation, purged when a person is pseudonymised.
CREATE TABLE history (
    noun text NOT NULL,
    object_id uuid NOT NULL,
    object_version integer NOT NULL,
    at timestamptz NOT NULL,
    image jsonb NOT NULL,
    CONSTRAINT history_pkey PRIMARY KEY (object_id, object_version)
);

-- The one way a mutation is recorded: a row image, a change event and, with the first of a call, the audit line.
-- `change` is {noun, key, id, version, verb, fields, image}.
CREATE FUNCTION app.record(actor uuid, happened timestamptz, request uuid, action text, audited boolean, change jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    object uuid := change ->> 'id';
    latest integer := change ->> 'version';
    fields text[] := ARRAY(SELECT jsonb_array_elements_text(change -> 'fields'));
BEGIN
    INSERT INTO history (noun, object_id, object_version, at, image)
        VALUES (change ->> 'noun', object, latest, happened, change -> 'image');
    INSERT INTO change_event (noun, object_id, object_version, verb, changed_fields, actor_id, at)
        VALUES (change ->> 'noun', object, latest, change ->> 'verb', fields, actor, happened);
    IF audited THEN
        INSERT INTO audit_event (at, principal_id, action, noun, object, object_version, outcome, changed_fields, request_id)
            VALUES (happened, actor, action, change ->> 'noun', change ->> 'key', latest, 'done', fields, request);
    END IF;
END $$;

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
