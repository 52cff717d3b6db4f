-- The only way SQL reads the time. The shift is set on a session by the test clock alone.
CREATE OR REPLACE FUNCTION app.clock() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT now() + coalesce(nullif(current_setting('diapason.clock_shift', true), '')::interval, interval '0') $$;

-- Today, by the clock of Paris.
CREATE OR REPLACE FUNCTION app.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT (app.clock() AT TIME ZONE 'Europe/Paris')::date $$;

-- The end of a day, by the clock of Paris.
CREATE OR REPLACE FUNCTION app.end_of(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((day + 1)::timestamp AT TIME ZONE 'Europe/Paris') $$;

-- Whether a day has passed, in Paris.
CREATE OR REPLACE FUNCTION app.is_past(day date, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(day < (at AT TIME ZONE 'Europe/Paris')::date, false) $$;
