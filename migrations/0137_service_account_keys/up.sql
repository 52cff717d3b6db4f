-- Keys of service accounts: a secret, of which only the digest is kept, or a public key; and what was revoked or used once.
CREATE TABLE service_account_key (
    id uuid CONSTRAINT service_account_key_pkey PRIMARY KEY,
    service_account_id uuid NOT NULL CONSTRAINT service_account_key_service_account_id_fkey REFERENCES service_account,
    kind text NOT NULL CONSTRAINT service_account_key_kind_check CHECK (kind IN ('secret', 'public_key')),
    name text NOT NULL,
    digest bytea,
    public_key jsonb,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT service_account_key_shape_check CHECK (
        (kind = 'secret') = (digest IS NOT NULL) AND (kind = 'public_key') = (public_key IS NOT NULL))
);
CREATE INDEX service_account_key_service_account_id_idx ON service_account_key (service_account_id);
-- One that was revoked, or whose account is another, may be registered again: it is their private halves that are secret.
CREATE UNIQUE INDEX service_account_key_name_key ON service_account_key (service_account_id, name) WHERE revoked_at IS NULL;
CREATE INDEX service_account_key_name_idx ON service_account_key (name);
CREATE INDEX service_account_key_expires_at_idx ON service_account_key (expires_at);

-- Access tokens that were taken back before their time (RFC 7009); forgotten once they have expired.
CREATE TABLE revoked_token (
    id uuid CONSTRAINT revoked_token_pkey PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_token_expires_at_idx ON revoked_token (expires_at);

-- Assertions by which clients proved who they are (RFC 7523): each is good once, whichever instance it reaches.
CREATE TABLE used_assertion (
    service_account_id uuid NOT NULL,
    jti text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT used_assertion_pkey PRIMARY KEY (service_account_id, jti)
);
CREATE INDEX used_assertion_expires_at_idx ON used_assertion (expires_at);
GRANT DELETE ON revoked_token, used_assertion TO diapason_app;
