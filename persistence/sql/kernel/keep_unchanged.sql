-- applied: with every migration
-- A change that changes nothing makes no version: the row is left as it is, and the statement touches none. Bookkeeping alone is
-- no change, nor is what PostgreSQL computes afterwards. What loads in bulk compares by itself.
CREATE OR REPLACE FUNCTION app.keep_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV[0]::text[] = to_jsonb(OLD) - TG_ARGV[0]::text[] THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
-- On every table whose rows have versions, those of nouns to come too. The last of the triggers of its kind, by its name.
DO $$
DECLARE
    kept record;
BEGIN
    FOR kept IN SELECT c.oid::regclass AS it, array_agg(a.attname ORDER BY a.attname) FILTER (WHERE a.attgenerated <> ''
                OR a.attname IN ('version', 'updated_at', 'updated_by'))::text AS besides
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        GROUP BY c.oid, c.relname HAVING bool_or(a.attname = 'version') AND bool_or(a.attname = 'updated_by') ORDER BY c.relname
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER unchanged_is_kept BEFORE UPDATE ON %s FOR EACH ROW
            WHEN (OLD.version IS DISTINCT FROM NEW.version AND current_setting(''diapason.source'', true) IS DISTINCT FROM ''bulk'')
            EXECUTE FUNCTION app.keep_unchanged(%L)', kept.it, kept.besides);
    END LOOP;
END $$;
