-- Records all that one call changed, in one step; the audit line tells of the first.
CREATE OR REPLACE FUNCTION app.record(actor uuid, happened timestamptz, request uuid, action text, changes jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO history (noun, object_id, object_version, at, image)
        SELECT c.noun, c.id, c.version, happened, c.image
        FROM jsonb_to_recordset(changes) AS c(noun text, id uuid, version integer, image jsonb);
    -- The epoch is asked here, where its plan is kept: as a default, its function would be planned for each row.
    INSERT INTO change_event (epoch, noun, object_id, object_version, verb, changed_fields, actor_id, at)
        SELECT (SELECT max(number) FROM epoch), c.noun, c.id, c.version, c.verb, c.fields, actor, happened
        FROM jsonb_to_recordset(changes) AS c(noun text, id uuid, version integer, verb text, fields text[]);
    INSERT INTO audit_event (at, principal_id, action, noun, object, object_version, outcome, changed_fields, request_id)
        SELECT happened, actor, action, c.noun, c.key, c.version, 'done', c.fields, request
        FROM jsonb_to_record(changes -> 0) AS c(noun text, key text, version integer, fields text[]);
END $$;
