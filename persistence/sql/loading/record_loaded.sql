-- What was loaded in bulk is whatever has an identifier and a version: no list to keep. The private columns of each noun,
-- by its name, stay out of the history.
CREATE OR REPLACE FUNCTION app.record_loaded(private jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    noun text;
BEGIN
    FOR noun IN SELECT c.relname FROM pg_class c
            JOIN pg_attribute v ON v.attrelid = c.oid AND v.attname = 'version'
            JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = 'id'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.oid LOOP
        EXECUTE format($sql$
            INSERT INTO change (noun, object_id, object_version, verb, changed_fields, actor_id, at, image)
            SELECT %1$L, t.id, t.version, 'created', '{}', app.system(), app.clock(), jsonb_strip_nulls(to_jsonb(t) - $1)
            FROM %1$I t WHERE NOT EXISTS (SELECT FROM change h WHERE h.object_id = t.id AND h.object_version = t.version)
        $sql$, noun) USING ARRAY(SELECT jsonb_array_elements_text(coalesce(private -> noun, '[]')));
    END LOOP;
END $$;
