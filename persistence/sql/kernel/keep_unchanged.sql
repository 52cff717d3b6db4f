-- A change that changes nothing makes no version: the row is left as it is, and the statement touches none. Bookkeeping alone is
-- no change, nor is what PostgreSQL computes afterwards. What loads in bulk compares by itself.
CREATE OR REPLACE FUNCTION app.keep_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - TG_ARGV[0]::text[] = to_jsonb(OLD) - TG_ARGV[0]::text[] THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;
