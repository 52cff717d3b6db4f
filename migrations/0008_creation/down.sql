CREATE OR REPLACE FUNCTION app.claim_fields() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text := coalesce(nullif(current_setting('diapason.source', true), ''), 'manual');
    before jsonb;
    after jsonb := to_jsonb(NEW);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
    END IF;
    NEW.field_sources := NEW.field_sources || coalesce((
        SELECT jsonb_object_agg(field, whose) FROM unnest(TG_ARGV) field
        WHERE CASE WHEN before IS NULL THEN app.is_said(after -> field)
            ELSE after -> field IS DISTINCT FROM before -> field END), '{}');
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION app.service_actor(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('id', s.id, 'kind', 'service_account',
            'suspended', m.suspended_at IS NOT NULL OR m.departed_at IS NOT NULL, 'departed', false,
            'expired', s.expires_at <= at, 'scopes', to_jsonb(s.scopes),
            'standings', jsonb_build_array(jsonb_build_object('organization_id', o.id, 'origin', o.origin, 'roles', '[]'::jsonb,
                'seats', '[]'::jsonb, 'own', (SELECT jsonb_agg(d) FROM app.descendants(o.id, at) d))))
        FROM service_account s JOIN member m ON m.id = s.owner_id JOIN organization o ON o.id = s.organization_id
        WHERE s.id = who);
END $$;
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
