-- Triggers that every table of a kind has, those of later migrations too: made where one is missing or differs, after the files of
-- sql/. One that is there as it should be is left alone, so that no table is locked for it. A trigger whose condition changes gets
-- another name, and the former one is dropped here.
--
-- On every table whose rows have versions: a change that changes nothing is kept from making one (kernel/keep_unchanged.sql). The
-- last of the triggers of its kind, by its name.
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
        CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = kept.it AND t.tgname = 'unchanged_is_kept'
            AND t.tgargs = convert_to(kept.besides, 'UTF8') || '\x00'::bytea);
        EXECUTE format('CREATE OR REPLACE TRIGGER unchanged_is_kept BEFORE UPDATE ON %s FOR EACH ROW
            WHEN (OLD.version IS DISTINCT FROM NEW.version AND current_setting(''diapason.source'', true) IS DISTINCT FROM ''bulk'')
            EXECUTE FUNCTION app.keep_unchanged(%L)', kept.it, kept.besides);
    END LOOP;
END $$;
