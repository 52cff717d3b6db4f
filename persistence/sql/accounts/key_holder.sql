-- Whom a token of ours speaks for, by the key that it was given for; nobody, if the token, the key or the account was revoked.
CREATE OR REPLACE FUNCTION app.key_holder(by_key uuid, by_token uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT k.service_account_id FROM service_account_key k JOIN service_account a ON a.id = k.service_account_id
        WHERE k.id = by_key AND k.revoked_at IS NULL AND k.expires_at > app.clock() AND a.revoked_at IS NULL
            AND NOT EXISTS (SELECT FROM revoked_token r WHERE r.id = by_token)
$$;

-- For reads: the rights of the holder of a key, within what the token was given for.
CREATE OR REPLACE FUNCTION app.look_by_key(by_key uuid, by_token uuid, within text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT app.service_actor(who, app.clock(), within) FROM app.key_holder(by_key, by_token) who WHERE who IS NOT NULL
$$;

-- For writes: the same under the lock on the rights of the account, which a revocation takes too. VOLATILE, so that what was revoked
-- meanwhile is seen.
CREATE OR REPLACE FUNCTION app.enter_by_key(by_key uuid, by_token uuid, within text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    who uuid := app.key_holder(by_key, by_token);
BEGIN
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who));
    PERFORM app.speak_for_source(app.key_holder(by_key, by_token));
    RETURN jsonb_build_object('at', app.clock(), 'actor', app.look_by_key(by_key, by_token, within));
END $$;
