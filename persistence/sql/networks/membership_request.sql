-- Where a membership request stands at a time.
CREATE OR REPLACE FUNCTION app.request_status(person text, network text, withdrawn timestamptz, expires timestamptz, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN person = 'refused' OR network = 'refused' THEN 'refused' WHEN withdrawn IS NOT NULL THEN 'withdrawn'
        WHEN person = 'accepted' AND network = 'accepted' THEN 'accepted' WHEN expires <= at THEN 'expired' ELSE 'open' END
$$;

-- Whether a membership request may still be decided. An invitation without one (all NULL) is not held up.
CREATE OR REPLACE FUNCTION app.dossier_is_open(person text, network text, withdrawn timestamptz, expires timestamptz, at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT person IS NULL OR app.request_status(person, network, withdrawn, expires, at) = 'open'
$$;
