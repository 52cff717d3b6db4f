-- Indicators over time, from the facts of any day; and one standard for all networks.

ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check CHECK (kind IN ('send', 'publish_indicators'));

-- The end of a day where the State works.
CREATE FUNCTION app.end_of(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((day + 1)::timestamp AT TIME ZONE 'Europe/Paris') $$;

-- The day that it is where the State works.
CREATE FUNCTION app.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT (app.clock() AT TIME ZONE 'Europe/Paris')::date $$;

-- Every cell of the matrix at the ends of days, in one pass over the facts: the same as app.cell one by one (a test
-- compares).
CREATE FUNCTION app.cells_over(days date[])
RETURNS TABLE (day date, network_id uuid, organization_id uuid, expected bigint, filled bigint,
    referents_expected bigint, referents_filled bigint, members bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
    ends timestamptz[];
BEGIN
    IF days = '{}' THEN
        RETURN;
    END IF;
    days := ARRAY(SELECT DISTINCT d FROM unnest(days) d ORDER BY d);
    ends := ARRAY(SELECT least(app.end_of(d), app.clock()) FROM unnest(days) WITH ORDINALITY AS u (d, place) ORDER BY place);
    RETURN QUERY
    WITH asked AS MATERIALIZED (SELECT * FROM unnest(days, ends) WITH ORDINALITY AS u (day, at, place)),
    sits AS (
        SELECT m.network_id, m.organization_id, m.role, m.valid * a.valid AS valid,
            least(m.suspended_at, p.suspended_at, p.departed_at) AS until
        FROM membership m JOIN member p ON p.id = m.member_id JOIN affiliation a ON a.id = m.affiliation_id
    ), stays AS MATERIALIZED (
        -- From the first of the days on which someone sits to the last, and how many such.
        SELECT s.network_id, s.organization_id, s.role, count(*) AS number,
            1 + coalesce(width_bucket(lower(s.valid) - interval '1 microsecond', ends), 0) AS first,
            coalesce(width_bucket(least(upper(s.valid), s.until) - interval '1 microsecond', ends), cardinality(ends)) AS last
        FROM sits s WHERE NOT isempty(s.valid) GROUP BY s.network_id, s.organization_id, s.role, first, last
    ), active AS MATERIALIZED (
        SELECT d.day, m.network_id, m.organization_id, m.role, sum(m.number) AS number
        FROM asked d JOIN stays m ON d.place BETWEEN m.first AND m.last
        GROUP BY d.day, m.network_id, m.organization_id, m.role
    ), seats AS (
        SELECT d.day, s.network_id, s.organization_id, sum(s.min) AS expected,
            sum(least(coalesce(a.number, 0), s.min)) AS filled,
            coalesce(sum(s.min) FILTER (WHERE s.role = 'referent'), 0) AS referents_expected,
            coalesce(sum(least(coalesce(a.number, 0), s.min)) FILTER (WHERE s.role = 'referent'), 0) AS referents_filled
        FROM asked d JOIN seat s ON s.valid @> d.at
            LEFT JOIN active a ON (a.day, a.network_id, a.organization_id, a.role) = (d.day, s.network_id, s.organization_id, s.role)
        GROUP BY d.day, s.network_id, s.organization_id
    ), people AS (
        SELECT day, network_id, organization_id, sum(number) AS members FROM active GROUP BY day, network_id, organization_id
    )
    SELECT day, network_id, organization_id, coalesce(s.expected, 0)::bigint, coalesce(s.filled, 0)::bigint,
        coalesce(s.referents_expected, 0)::bigint, coalesce(s.referents_filled, 0)::bigint, coalesce(p.members, 0)::bigint
    FROM seats s FULL JOIN people p USING (day, network_id, organization_id);
END $$;

-- What was published of a day: a later computation that differs is another revision, with its reason.
CREATE TABLE indicator_publication (
    on_date date NOT NULL,
    revision integer NOT NULL,
    computed_at timestamptz NOT NULL,
    reason text,
    CONSTRAINT indicator_publication_pkey PRIMARY KEY (on_date, revision)
);
CREATE TABLE indicator_cell (
    on_date date NOT NULL,
    revision integer NOT NULL,
    network_id uuid NOT NULL CONSTRAINT indicator_cell_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT indicator_cell_organization_id_fkey REFERENCES organization,
    expected bigint NOT NULL,
    filled bigint NOT NULL,
    referents_expected bigint NOT NULL,
    referents_filled bigint NOT NULL,
    members bigint NOT NULL,
    CONSTRAINT indicator_cell_pkey PRIMARY KEY (on_date, revision, network_id, organization_id),
    CONSTRAINT indicator_cell_publication_fkey FOREIGN KEY (on_date, revision) REFERENCES indicator_publication
);

-- Publishes a day, unless what is published says the same. Gives the revision that stands.
CREATE FUNCTION app.publish_indicators(day date, why text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    standing integer := (SELECT max(revision) FROM indicator_publication WHERE on_date = day);
BEGIN
    IF standing IS NOT NULL AND NOT EXISTS (
        WITH fresh AS MATERIALIZED (SELECT network_id, organization_id, expected, filled, referents_expected, referents_filled,
            members FROM app.cells_over(ARRAY[day])),
        published AS (SELECT network_id, organization_id, expected, filled, referents_expected, referents_filled, members
            FROM indicator_cell WHERE on_date = day AND revision = standing)
        (TABLE fresh EXCEPT TABLE published) UNION ALL (TABLE published EXCEPT TABLE fresh)) THEN
        RETURN standing;
    END IF;
    standing := coalesce(standing, 0) + 1;
    INSERT INTO indicator_publication VALUES (day, standing, app.clock(), CASE WHEN standing > 1 THEN why END);
    INSERT INTO indicator_cell SELECT f.day, standing, f.network_id, f.organization_id, f.expected, f.filled,
        f.referents_expected, f.referents_filled, f.members FROM app.cells_over(ARRAY[day]) f;
    RETURN standing;
END $$;

-- The cells of days: of today as they are kept, of others as they were published, else from the facts.
CREATE FUNCTION app.indicator_cells(days date[]) RETURNS TABLE (day date, network_id uuid, organization_id uuid,
    expected bigint, filled bigint, referents_expected bigint, referents_filled bigint, members bigint)
LANGUAGE sql STABLE AS $$
    WITH standing AS MATERIALIZED (
        SELECT on_date, max(revision) AS revision FROM indicator_publication
        WHERE on_date = ANY (days) AND on_date < app.today() GROUP BY on_date
    )
    SELECT on_date, c.network_id, c.organization_id, c.expected, c.filled, c.referents_expected, c.referents_filled, c.members
        FROM standing JOIN indicator_cell c USING (on_date, revision)
    UNION ALL
    SELECT app.today(), t.network_id, t.organization_id, t.expected::bigint, t.filled::bigint, coalesce(r.expected, 0)::bigint,
            coalesce(r.filled, 0)::bigint, t.members::bigint
        FROM (SELECT k.network_id, k.organization_id, k.expected, k.filled, k.members FROM tracking_cell k
                WHERE k.next_change_at IS NULL OR k.next_change_at > app.clock()
            UNION ALL SELECT k.network_id, k.organization_id, c.expected, c.filled, c.members
                FROM tracking_cell k, app.cell(k.network_id, k.organization_id, app.clock()) c
                WHERE k.next_change_at <= app.clock()) t
        LEFT JOIN (SELECT s.network_id, s.organization_id, sum(s.min) AS expected, sum(least(f.filled, s.min)) AS filled
            FROM seat s, app.seat_state(s, app.clock()) f
            WHERE s.role = 'referent' AND s.min > 0 AND s.valid @> app.clock()
            GROUP BY s.network_id, s.organization_id) r USING (network_id, organization_id)
        WHERE app.today() = ANY (days)
    UNION ALL
    SELECT o.* FROM app.cells_over(ARRAY(SELECT d FROM unnest(days) d
        WHERE d < app.today() AND NOT EXISTS (SELECT FROM standing WHERE on_date = d))) o
$$;

-- What a network is measured by: an objective of its year was looked at again, its charter was adopted.
ALTER TABLE network ADD COLUMN charter_adopted_on date;
ALTER TABLE network ADD COLUMN objectives_reviewed_on date;

-- One standard for all networks: criteria are data, each names a measure; full and half are its bounds.
CREATE TABLE network_criterion (
    code text CONSTRAINT network_criterion_pkey PRIMARY KEY,
    label text NOT NULL,
    measure text NOT NULL,
    weight smallint NOT NULL CONSTRAINT network_criterion_weight_check CHECK (weight BETWEEN 0 AND 100),
    full_at double precision NOT NULL,
    half_at double precision NOT NULL,
    rank smallint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT network_criterion_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT network_criterion_updated_by_fkey REFERENCES principal,
    id uuid NOT NULL CONSTRAINT network_criterion_id_key UNIQUE
);
INSERT INTO network_criterion (code, label, measure, weight, full_at, half_at, rank, id, created_at, updated_at, created_by, updated_by)
SELECT c.*, gen_random_uuid(), '2026-01-01Z', '2026-01-01Z', app.system(), app.system() FROM (VALUES
    ('charter', 'Charte adoptée, objet et périmètre écrits', 'charter', 10::smallint, 1, 0.5, 1::smallint),
    ('lead', 'Au moins un animateur en exercice', 'leads', 20, 1, 1, 2),
    ('referents', 'Sièges de référent pourvus', 'referent_rate', 20, 0.8, 0.5, 3),
    ('cadence', 'Suivi tenu à la cadence du réseau', 'follow_up_delay', 15, 1, 2, 4),
    ('objectives', 'Objectifs de l''année revus', 'objectives', 10, 1, 0.5, 5),
    ('reviews', 'Adhésions revues dans l''année', 'review_rate', 10, 0.9, 0.5, 6),
    ('actions', 'Actions à jour', 'overdue_rate', 15, 0, 0.1, 7),
    ('minutes', 'Comptes rendus publiés', 'minutes', 10, 1, 0.5, 8),
    ('rex', 'Un retour d''expérience par trimestre', 'experience_reports', 10, 1, 0.5, 9),
    ('reporting', 'Remontées rendues à l''heure', 'reporting', 10, 0.9, 0.5, 10)
) AS c (code, label, measure, weight, full_at, half_at, rank);

-- What a network scored on a day, with the fact of each criterion.
CREATE TABLE network_score (
    network_id uuid NOT NULL CONSTRAINT network_score_network_id_fkey REFERENCES network,
    on_date date NOT NULL,
    score double precision,
    results jsonb NOT NULL,
    computed_at timestamptz NOT NULL,
    CONSTRAINT network_score_pkey PRIMARY KEY (network_id, on_date)
);
