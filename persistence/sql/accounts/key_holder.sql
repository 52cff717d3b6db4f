-- Whose key a token of ours was given for; nobody's, if the token, the key or the account was revoked.
CREATE OR REPLACE FUNCTION app.key_holder(by_key uuid, by_token uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT k.service_account_id FROM service_account_key k JOIN service_account a ON a.id = k.service_account_id
        WHERE k.id = by_key AND k.revoked_at IS NULL AND k.expires_at > app.clock() AND a.revoked_at IS NULL
            AND NOT EXISTS (SELECT FROM revoked_token r WHERE r.id = by_token)
$$;

-- Whether an account in force may hold sessions of people.
CREATE OR REPLACE FUNCTION app.holds_sessions(account uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM service_account a WHERE a.id = account AND 'tokens:exchange' = ANY (a.scopes)
        AND app.service_account_status(a.owner_id, a.revoked_at, a.expires_at, app.clock()) = 'active'
        AND app.is_insider(app.actor(a.owner_id)))
$$;

-- For reads: the rights of the holder of a key, within what the token was given for; or those of the person whose session it holds.
CREATE OR REPLACE FUNCTION app.look_by_key(by_key uuid, by_token uuid, within text[], for_member uuid)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    holder uuid := app.key_holder(by_key, by_token);
BEGIN
    IF holder IS NULL THEN
        RETURN NULL;
    ELSIF for_member IS NULL THEN
        RETURN app.service_actor(holder, app.clock(), within);
    END IF;
    RETURN CASE WHEN app.holds_sessions(holder) THEN app.actor(for_member) END;
END $$;

-- For writes: the same under the locks on the rights of all who act, which a revocation takes too. VOLATILE, so that what was revoked
-- meanwhile is seen. A line of the audit log names the account, and the person on whose behalf it acts.
CREATE OR REPLACE FUNCTION app.enter_by_key(by_key uuid, by_token uuid, within text[], for_member uuid)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    holder uuid := app.key_holder(by_key, by_token);
BEGIN
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who))
        FROM (SELECT DISTINCT who FROM unnest(ARRAY[holder, for_member]) who WHERE who IS NOT NULL ORDER BY who) one;
    IF for_member IS NULL THEN
        PERFORM app.speak_for_source(holder);
    ELSE
        PERFORM set_config('diapason.acts_for', holder::text, true);
    END IF;
    RETURN jsonb_build_object('at', app.clock(), 'actor', app.look_by_key(by_key, by_token, within, for_member));
END $$;
