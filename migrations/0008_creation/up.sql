-- Fewer questions for each member recorded (docs/decisions/0014).

-- A member is his own principal, from his first instant.
CREATE FUNCTION app.become_principal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO principal (id, kind, created_at) VALUES (NEW.id, 'member', NEW.created_at);
    RETURN NEW;
END $$;
CREATE TRIGGER member_is_principal BEFORE INSERT ON member FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk') EXECUTE FUNCTION app.become_principal();

-- The first affiliation is written before its member, so that his row is given back with it.
ALTER TABLE affiliation ALTER CONSTRAINT affiliation_member_id_fkey DEFERRABLE INITIALLY DEFERRED;

-- Index expressions in SQL that cannot be inlined are parsed and planned for each row.
CREATE OR REPLACE FUNCTION app.search_vector(text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_tsvector(string_to_array(app.search_text($1), ' '));
END $$;

-- Who enters to write is told the time of his transaction with his rights.
DROP FUNCTION app.enter(text, text);
CREATE FUNCTION app.enter(by_issuer text, by_subject text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    who uuid;
    actor jsonb;
    whose text;
BEGIN
    SELECT principal_id INTO who FROM identity WHERE issuer = by_issuer AND subject = by_subject;
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who));
    actor := app.actor(who);
    -- What a service account writes is its source's, and what others hold stays theirs.
    IF actor ->> 'kind' = 'service_account' THEN
        SELECT s.code INTO whose FROM service_account a JOIN source s ON s.id = a.source_id WHERE a.id = who;
        PERFORM set_config('diapason.source', whose, true), set_config('diapason.managed_alone', 'on', true);
    END IF;
    RETURN jsonb_build_object('at', app.clock(), 'actor', actor);
END $$;

-- A service account keeps what its owner keeps of its organization and below, if it may write and speaks for a source.
CREATE OR REPLACE FUNCTION app.service_actor(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    account record;
    kept jsonb := '[]';
BEGIN
    SELECT s.*, o.origin, m.suspended_at IS NOT NULL OR m.departed_at IS NOT NULL AS suspended INTO account
        FROM service_account s JOIN member m ON m.id = s.owner_id JOIN organization o ON o.id = s.organization_id
        WHERE s.id = who;
    IF 'directory:write' = ANY (account.scopes) AND account.source_id IS NOT NULL THEN
        SELECT coalesce(jsonb_agg(DISTINCT d), '[]') INTO kept
            FROM jsonb_array_elements(app.actor(account.owner_id) -> 'standings') s,
                jsonb_array_elements(s -> 'roles') r, app.descendants(account.organization_id, at) d
            WHERE s ->> 'origin' NOT IN ('government_partner', 'observer')
                AND (r ->> 'role' IN ('sig_admin', 'sig_coordinator')
                    OR (r ->> 'role' IN ('dicom_director', 'org_admin') AND r -> 'scope' ? d::text));
    END IF;
    RETURN jsonb_build_object('id', who, 'kind', 'service_account', 'suspended', account.suspended, 'departed', false,
        'expired', account.expires_at <= at, 'scopes', to_jsonb(account.scopes),
        'standings', jsonb_build_array(jsonb_build_object('organization_id', account.organization_id,
            'origin', account.origin, 'roles', '[]'::jsonb, 'seats', '[]'::jsonb, 'kept', kept)));
END $$;

CREATE OR REPLACE FUNCTION app.claim_fields() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text := coalesce(nullif(current_setting('diapason.source', true), ''), 'manual');
    before jsonb;
    after jsonb := to_jsonb(NEW);
    said text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
    END IF;
    said := ARRAY(SELECT field FROM unnest(TG_ARGV) field
        WHERE CASE WHEN before IS NULL THEN app.is_said(after -> field)
            ELSE after -> field IS DISTINCT FROM before -> field END);
    IF current_setting('diapason.managed_alone', true) = 'on'
        AND EXISTS (SELECT FROM unnest(said) field WHERE coalesce(NEW.field_sources ->> field, whose) <> whose) THEN
        RAISE EXCEPTION 'a field is held by another source';
    END IF;
    NEW.field_sources := NEW.field_sources || coalesce((SELECT jsonb_object_agg(field, whose) FROM unnest(said) field), '{}');
    RETURN NEW;
END $$;

-- Lists in the order of the last change.
CREATE INDEX organization_updated_at_idx ON organization (updated_at, id);
CREATE INDEX member_updated_at_idx ON member (updated_at, id);
CREATE INDEX membership_network_updated_at_idx ON membership (network_id, updated_at, id);

-- A fact that should never have been leaves its table; the history keeps it.
GRANT DELETE ON organization_link, affiliation, role_assignment, co_animation, seat, membership TO diapason_app;
ALTER TABLE change_event DROP CONSTRAINT change_event_verb_check,
    ADD CONSTRAINT change_event_verb_check CHECK (verb IN ('created', 'updated', 'ended', 'voided'));
