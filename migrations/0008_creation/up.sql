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
BEGIN
    SELECT principal_id INTO who FROM identity WHERE issuer = by_issuer AND subject = by_subject;
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who));
    RETURN jsonb_build_object('at', app.clock(), 'actor', app.actor(who));
END $$;

-- Lists in the order of the last change.
CREATE INDEX organization_updated_at_idx ON organization (updated_at, id);
CREATE INDEX member_updated_at_idx ON member (updated_at, id);
CREATE INDEX membership_network_updated_at_idx ON membership (network_id, updated_at, id);

-- A fact that should never have been leaves its table; the history keeps it.
GRANT DELETE ON organization_link, affiliation, role_assignment, co_animation, seat, membership TO diapason_app;
ALTER TABLE change_event DROP CONSTRAINT change_event_verb_check,
    ADD CONSTRAINT change_event_verb_check CHECK (verb IN ('created', 'updated', 'ended', 'voided'));
