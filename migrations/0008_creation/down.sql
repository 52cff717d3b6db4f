ALTER TABLE change_event DROP CONSTRAINT change_event_verb_check,
    ADD CONSTRAINT change_event_verb_check CHECK (verb IN ('created', 'updated', 'ended'));
REVOKE DELETE ON organization_link, affiliation, role_assignment, co_animation, seat, membership FROM diapason_app;
DROP INDEX organization_updated_at_idx, member_updated_at_idx, membership_network_updated_at_idx;
DROP FUNCTION app.enter(text, text);
CREATE FUNCTION app.enter(by_issuer text, by_subject text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    who uuid;
BEGIN
    SELECT principal_id INTO who FROM identity WHERE issuer = by_issuer AND subject = by_subject;
    PERFORM pg_advisory_xact_lock_shared(app.rights_key(who));
    RETURN app.actor(who);
END $$;
CREATE OR REPLACE FUNCTION app.search_vector(text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT array_to_tsvector(string_to_array(app.search_text($1), ' ')) $$;
ALTER TABLE affiliation ALTER CONSTRAINT affiliation_member_id_fkey NOT DEFERRABLE;
DROP TRIGGER member_is_principal ON member;
DROP FUNCTION app.become_principal();
