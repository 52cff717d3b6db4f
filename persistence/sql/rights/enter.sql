-- The rights of a principal are one lock: shared by their own writes, exclusive for a transaction that changes these rights.
CREATE OR REPLACE FUNCTION app.rights_key(who uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT hashtextextended(who::text, 20260101) $$;

-- For reads: the caller's rights, without a lock.
CREATE OR REPLACE FUNCTION app.look(by_issuer text, by_subject text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT app.actor(principal_id) FROM identity WHERE issuer = by_issuer AND subject = by_subject);
END $$;

-- What a service account writes is its source's, and what others hold stays theirs.
CREATE OR REPLACE FUNCTION app.speak_for_source(account uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    whose text;
BEGIN
    SELECT s.code INTO whose FROM service_account a JOIN source s ON s.id = a.source_id WHERE a.id = account;
    PERFORM set_config('diapason.source', whose, true), set_config('diapason.managed_alone', 'on', true);
END $$;

-- For writes: takes the lock, then reads the rights. VOLATILE, so that the second statement sees what the lock waited for.
-- With the rights it tells the time of the transaction.
CREATE OR REPLACE FUNCTION app.enter(by_issuer text, by_subject text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    who uuid;
    actor jsonb;
BEGIN
    SELECT principal_id INTO who FROM identity WHERE issuer = by_issuer AND subject = by_subject;
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who));
    actor := app.actor(who);
    IF actor ->> 'kind' = 'service_account' THEN
        PERFORM app.speak_for_source(who);
    END IF;
    RETURN jsonb_build_object('at', app.clock(), 'actor', actor);
END $$;

-- A transaction that changes the rights of a principal calls this before the end: it waits for that principal's own writes, and those that
-- begin meanwhile wait for the change.
CREATE OR REPLACE FUNCTION app.change_rights(who uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(app.rights_key(who));
END $$;
