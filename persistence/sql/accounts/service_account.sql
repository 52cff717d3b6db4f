CREATE OR REPLACE FUNCTION app.service_account_status(owner uuid, revoked timestamptz, expires timestamptz, at timestamptz)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN revoked IS NOT NULL THEN 'revoked' WHEN expires <= at THEN 'expired'
        WHEN EXISTS (SELECT FROM member m WHERE m.id = owner AND (m.suspended_at IS NOT NULL OR m.departed_at IS NOT NULL))
        THEN 'suspended' ELSE 'active' END
$$;

-- A key ends with its account.
CREATE OR REPLACE FUNCTION app.service_account_key_status(revoked timestamptz, expires timestamptz, account_revoked timestamptz,
    account_expires timestamptz, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN coalesce(revoked, account_revoked) IS NOT NULL THEN 'revoked'
        WHEN least(expires, account_expires) <= at THEN 'expired' ELSE 'active' END
$$;

-- When one of the keys of an account was last used.
CREATE OR REPLACE FUNCTION app.service_account_last_used_at(account uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT max(last_used_at) FROM service_account_key WHERE service_account_id = account
$$;

CREATE OR REPLACE FUNCTION app.source_code(source uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT code FROM source WHERE id = source_code.source
$$;

-- What stands in no column.
CREATE OR REPLACE FUNCTION app.no_text() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULL::text $$;
