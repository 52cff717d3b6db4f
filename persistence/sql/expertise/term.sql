-- Label and synonyms, a line each, with case and accents folded, for the words of a list's filter.
CREATE OR REPLACE FUNCTION app.term_said(label text, synonyms text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT app.fold(label || E'\n' || array_to_string(synonyms, E'\n')) $$;

-- The code of a term. PL/pgSQL, so that its plan is kept over the rows of a list.
CREATE OR REPLACE FUNCTION app.term_code(term uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT code FROM expertise_term WHERE id = term);
END $$;

-- The terms and all that stand below them; of those below, the active ones.
CREATE OR REPLACE FUNCTION app.terms_below(terms uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE ROWS 10 AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE below (id) AS (
        SELECT unnest(terms)
        UNION
        SELECT t.id FROM below JOIN expertise_term t ON t.parent_id = below.id AND t.retired_at IS NULL
    )
    SELECT below.id FROM below;
END $$;

-- The tree of terms changes under one lock, so that two moves at once make no circle.
CREATE OR REPLACE FUNCTION app.lock_terms() RETURNS void LANGUAGE sql VOLATILE AS
$$ SELECT pg_advisory_xact_lock(hashtextextended('expertise_term', 20260101)) $$;
