-- The matrix of who is expected and who sits, the indicators published of a day, and one standard for all networks.

-- The matrix, kept: one cell per network and organization that has a seat or a membership.
CREATE TABLE tracking_cell (
    network_id uuid NOT NULL CONSTRAINT tracking_cell_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT tracking_cell_organization_id_fkey REFERENCES organization,
    expected integer NOT NULL,
    filled integer NOT NULL,
    referents integer NOT NULL,
    members integer NOT NULL,
    gaps integer NOT NULL,
    next_change_at timestamptz,
    CONSTRAINT tracking_cell_pkey PRIMARY KEY (network_id, organization_id)
);
CREATE INDEX tracking_cell_next_change_at_idx ON tracking_cell (next_change_at);

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

-- The sums of a publication over each network, for whoever reads a network whole: a year of cells is fifty thousand rows.
CREATE TABLE indicator_total (
    on_date date NOT NULL,
    revision integer NOT NULL,
    network_id uuid NOT NULL CONSTRAINT indicator_total_network_id_fkey REFERENCES network,
    expected bigint NOT NULL,
    filled bigint NOT NULL,
    referents_expected bigint NOT NULL,
    referents_filled bigint NOT NULL,
    members bigint NOT NULL,
    CONSTRAINT indicator_total_pkey PRIMARY KEY (on_date, revision, network_id),
    CONSTRAINT indicator_total_publication_fkey FOREIGN KEY (on_date, revision) REFERENCES indicator_publication
);

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
SELECT c.*, gen_random_uuid(), '2026-01-01Z', '2026-01-01Z', '00000000-0000-7000-8000-000000000001'::uuid, '00000000-0000-7000-8000-000000000001'::uuid FROM (VALUES
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
