-- The columns that a version changed, but for the bookkeeping that goes with every write.
CREATE OR REPLACE FUNCTION app.changed_columns(image jsonb, before jsonb) RETURNS text[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF before IS NULL THEN
        RETURN ARRAY(SELECT key FROM jsonb_object_keys(image
            - '{version,updated_at,updated_by,created_at,created_by,field_sources}'::text[]) AS all_keys (key) ORDER BY key);
    END IF;
    RETURN ARRAY(SELECT key FROM (SELECT jsonb_object_keys(image) UNION SELECT jsonb_object_keys(before)) AS all_keys (key)
        WHERE image -> key IS DISTINCT FROM before -> key
            AND key NOT IN ('version', 'updated_at', 'updated_by', 'created_at', 'created_by', 'field_sources') ORDER BY key);
END $$;

-- Records all that one call changed, in one step; the audit line tells of the first.
CREATE OR REPLACE FUNCTION app.record(actor uuid, happened timestamptz, request uuid, action text, changes jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    -- The service account that acts on behalf of the actor, if one does.
    acting uuid := nullif(current_setting('diapason.acts_for', true), '');
BEGIN
    WITH done AS MATERIALIZED (
        SELECT * FROM ROWS FROM (jsonb_to_recordset(changes)
            AS (noun text, key text, id uuid, version integer, verb text, image jsonb))
            WITH ORDINALITY AS c(noun, key, id, version, verb, image, place)
    ), told AS MATERIALIZED (
        -- The version before may be one of this call.
        SELECT c.*, CASE c.verb WHEN 'created' THEN app.changed_columns(c.image, NULL) WHEN 'voided' THEN '{}'
            ELSE app.changed_columns(c.image, coalesce(
                (SELECT e.image FROM done e WHERE e.id = c.id AND e.version = c.version - 1),
                (SELECT h.image FROM change h WHERE h.object_id = c.id AND h.object_version = c.version - 1), '{}'))
            END AS fields
        FROM done c
    ), event AS (
        -- The epoch is asked here, where its plan is kept: as a default, its function would be planned for each row.
        INSERT INTO change (epoch, noun, object_id, object_version, verb, changed_fields, actor_id, at, image)
            SELECT (SELECT max(number) FROM epoch), noun, id, version, verb, fields, actor, happened, image FROM told
            ORDER BY place
    )
    INSERT INTO audit_event (at, principal_id, on_behalf_of, action, noun, object, object_version, outcome, changed_fields, request_id)
        SELECT happened, coalesce(acting, actor), CASE WHEN acting IS NOT NULL THEN actor END, action, noun, key, version, 'done',
            fields, request FROM told WHERE place = 1;
END $$;
