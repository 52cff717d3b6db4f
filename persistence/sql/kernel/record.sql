-- The columns that a version changed, but for the bookkeeping that goes with every write.
CREATE OR REPLACE FUNCTION app.changed_columns(object uuid, object_version integer, verb text, image jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
    before jsonb := '{}';
BEGIN
    IF verb = 'voided' THEN
        RETURN '{}';
    ELSIF verb <> 'created' THEN
        SELECT h.image INTO before FROM history h
            WHERE h.object_id = object AND h.object_version = changed_columns.object_version - 1;
    END IF;
    RETURN ARRAY(SELECT key FROM (SELECT jsonb_object_keys(image) UNION SELECT jsonb_object_keys(before)) AS all_keys (key)
        WHERE image -> key IS DISTINCT FROM before -> key
            AND key NOT IN ('version', 'updated_at', 'updated_by', 'created_at', 'created_by', 'field_sources') ORDER BY key);
END $$;

-- Records all that one call changed, in one step; the audit line tells of the first.
CREATE OR REPLACE FUNCTION app.record(actor uuid, happened timestamptz, request uuid, action text, changes jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO history (noun, object_id, object_version, at, image)
        SELECT c.noun, c.id, c.version, happened, c.image
        FROM jsonb_to_recordset(changes) AS c(noun text, id uuid, version integer, image jsonb);
    WITH told AS MATERIALIZED (
        SELECT c.*, app.changed_columns(c.id, c.version, c.verb, c.image) AS fields
        FROM ROWS FROM (jsonb_to_recordset(changes) AS (noun text, key text, id uuid, version integer, verb text, image jsonb))
            WITH ORDINALITY AS c(noun, key, id, version, verb, image, place)
    ), event AS (
        -- The epoch is asked here, where its plan is kept: as a default, its function would be planned for each row.
        INSERT INTO change_event (epoch, noun, object_id, object_version, verb, changed_fields, actor_id, at)
            SELECT (SELECT max(number) FROM epoch), noun, id, version, verb, fields, actor, happened FROM told ORDER BY place
    )
    INSERT INTO audit_event (at, principal_id, action, noun, object, object_version, outcome, changed_fields, request_id)
        SELECT happened, actor, action, noun, key, version, 'done', fields, request FROM told WHERE place = 1;
END $$;
