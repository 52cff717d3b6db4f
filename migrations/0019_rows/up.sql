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

-- The columns that a version changed, but for those that every write touches.
CREATE FUNCTION app.changed_columns(object uuid, object_version integer, verb text, image jsonb) RETURNS text[]
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
            AND key NOT IN ('version', 'updated_at', 'updated_by', 'created_at', 'created_by') ORDER BY key);
END $$;

-- Takes the locks on rights that change: of principals, of whoever sits in organizations or holds a role that reaches them,
-- of who co-leads a network from an organization, and of the scripts that write with the rights of any of these. In one
-- order, so that two who take several wait for each other at most once.
CREATE FUNCTION app.lock_rights(principals uuid[], organizations uuid[], networks uuid[], co_leading uuid[])
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    holder uuid;
BEGIN
    FOR holder IN WITH holders AS MATERIALIZED (
                SELECT unnest(principals) AS who
                UNION SELECT app.rights_over(o) FROM unnest(organizations) o
                UNION SELECT m.member_id FROM unnest(networks, co_leading) AS c (network, organization)
                    JOIN membership m ON m.network_id = c.network AND m.organization_id = c.organization AND m.role = 'co_lead'
            )
            SELECT who FROM holders
            UNION SELECT s.id FROM service_account s WHERE s.organization_id = ANY (organizations)
            UNION SELECT s.id FROM service_account s JOIN holders h ON s.owner_id = h.who
            ORDER BY 1 LOOP
        PERFORM app.change_rights(holder);
    END LOOP;
END $$;

-- Rewrites cells: those named, those in which members count, those of organizations, those of networks. Their networks are
-- locked, by whoever did not do so before.
CREATE FUNCTION app.rewrite_cells(networks uuid[], organizations uuid[], members uuid[], all_at uuid[], all_in uuid[])
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    cell record;
BEGIN
    PERFORM FROM network n WHERE n.id IN (SELECT unnest(networks)
            UNION SELECT m.network_id FROM membership m WHERE m.member_id = ANY (members)
            UNION SELECT t.network_id FROM tracking_cell t WHERE t.organization_id = ANY (all_at)
            UNION SELECT unnest(all_in))
        ORDER BY n.id FOR NO KEY UPDATE;
    FOR cell IN SELECT * FROM unnest(networks, organizations) AS named (network, organization)
            UNION SELECT m.network_id, m.organization_id FROM membership m WHERE m.member_id = ANY (members)
            UNION SELECT t.network_id, t.organization_id FROM tracking_cell t
                WHERE t.organization_id = ANY (all_at) OR t.network_id = ANY (all_in)
            ORDER BY 1, 2 LOOP
        PERFORM app.refresh_cell(cell.network, cell.organization);
    END LOOP;
END $$;

-- Records what was loaded in bulk and stands in no history yet: its first image, without the private columns of its noun,
-- and that it was created.
DROP FUNCTION app.record_loaded();
CREATE FUNCTION app.record_loaded(private jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    noun text;
BEGIN
    FOR noun IN SELECT c.relname FROM pg_class c
            JOIN pg_attribute v ON v.attrelid = c.oid AND v.attname = 'version'
            JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = 'id'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.oid LOOP
        EXECUTE format($sql$
            WITH loaded AS (
                INSERT INTO history (noun, object_id, object_version, at, image)
                SELECT %1$L, t.id, t.version, app.clock(), jsonb_strip_nulls(to_jsonb(t) - $1)
                FROM %1$I t WHERE NOT EXISTS (SELECT FROM history h WHERE h.object_id = t.id AND h.object_version = t.version)
                RETURNING object_id, object_version)
            INSERT INTO change_event (noun, object_id, object_version, verb, changed_fields, actor_id, at)
            SELECT %1$L, object_id, object_version, 'created', '{}', app.system(), app.clock() FROM loaded
        $sql$, noun) USING ARRAY(SELECT jsonb_array_elements_text(coalesce(private -> noun, '[]')));
    END LOOP;
END $$;
