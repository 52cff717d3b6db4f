-- Reorganizations: a plan, as it was asked, and what it did once it was applied.
CREATE TABLE reorganization (
    id uuid CONSTRAINT reorganization_pkey PRIMARY KEY,
    title text NOT NULL,
    operations jsonb NOT NULL,
    applied_at timestamptz,
    withdrawn_at timestamptz,
    status text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN applied_at IS NOT NULL THEN 'applied' WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' ELSE 'draft' END) STORED,
    impact jsonb,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT reorganization_one_end_check CHECK (applied_at IS NULL OR withdrawn_at IS NULL)
);
CREATE INDEX reorganization_created_at_idx ON reorganization (created_at, id);
