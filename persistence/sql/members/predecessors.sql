-- What went into some organizations, however long ago: what was held with it is for those who answer for its successors.
CREATE OR REPLACE FUNCTION app.predecessors(successors uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF cardinality(successors) = 0 THEN
        RETURN '{}';
    END IF;
    RETURN (WITH RECURSIVE before(id) AS (
        SELECT o.id FROM organization o WHERE o.successor_ids <> '{}' AND o.successor_ids && successors
        UNION
        SELECT o.id FROM before
            JOIN organization o ON o.successor_ids <> '{}' AND o.successor_ids @> ARRAY[before.id]
    )
    SELECT coalesce(array_agg(before.id ORDER BY before.id), '{}') FROM before);
END $$;
