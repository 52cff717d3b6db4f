-- Who owns which field: an importer writes only what it owns, or nobody does.

-- What a row says: neither NULL nor an empty list.
CREATE FUNCTION app.is_said(value jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(value NOT IN ('null', '[]'), false) $$;

-- A field belongs to the source that said it last: people, unless the transaction names another in diapason.source.
-- Its arguments are the fields. What loads in bulk says `bulk`, and whose the fields are itself.
CREATE FUNCTION app.claim_fields() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- What stands already: the reference data's own, and what people said since.
UPDATE organization o SET field_sources = (
    SELECT jsonb_object_agg(key, 'reference') FROM jsonb_each(to_jsonb(o))
    WHERE key IN ('kind', 'prefecture_level', 'name', 'short_name', 'parent_id', 'territory_code', 'website') AND app.is_said(value))
WHERE id >= '01900000-0000-7000-8000-000000000000' AND id < '01900000-0000-7000-8001-000000000000';

CREATE FUNCTION pg_temp.said_by_people(object uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(DISTINCT field, 'manual'), '{}')
    FROM change_event e CROSS JOIN unnest(e.changed_fields) field
    WHERE e.object_id = object AND e.actor_id <> app.system() AND field IN (
        'kind', 'prefecture_level', 'origin_override', 'name', 'short_name', 'aliases', 'parent_id', 'siren', 'sirets',
        'territory_code', 'email_domains', 'website', 'contact_points', 'given_name', 'usual_name', 'email', 'phones',
        'languages', 'profile_visibility', 'position', 'service', 'profession', 'is_primary')
$$;
UPDATE organization SET field_sources = field_sources || pg_temp.said_by_people(id)
    WHERE id IN (SELECT object_id FROM change_event WHERE actor_id <> app.system());
UPDATE member SET field_sources = pg_temp.said_by_people(id)
    WHERE id IN (SELECT object_id FROM change_event WHERE actor_id <> app.system());
UPDATE affiliation SET field_sources = pg_temp.said_by_people(id)
    WHERE id IN (SELECT object_id FROM change_event WHERE actor_id <> app.system());
DROP FUNCTION pg_temp.said_by_people(uuid);

CREATE TRIGGER organization_fields_claimed BEFORE INSERT OR UPDATE ON organization FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk')
    EXECUTE FUNCTION app.claim_fields('kind', 'prefecture_level', 'origin_override', 'name', 'short_name', 'aliases',
        'parent_id', 'siren', 'sirets', 'territory_code', 'email_domains', 'website', 'contact_points');
CREATE TRIGGER member_fields_claimed BEFORE INSERT OR UPDATE ON member FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk')
    EXECUTE FUNCTION app.claim_fields('given_name', 'usual_name', 'email', 'phones', 'languages', 'profile_visibility');
CREATE TRIGGER affiliation_fields_claimed BEFORE INSERT OR UPDATE ON affiliation FOR EACH ROW
    WHEN (current_setting('diapason.source', true) IS DISTINCT FROM 'bulk')
    EXECUTE FUNCTION app.claim_fields('position', 'service', 'profession', 'is_primary');
