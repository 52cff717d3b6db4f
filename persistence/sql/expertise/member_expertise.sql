-- How much a level is: the higher the more.
CREATE OR REPLACE FUNCTION app.level_rank(level text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT array_position(ARRAY['awareness', 'practitioner', 'expert', 'reference'], level) $$;

-- Who endorsed, the latest twenty first.
CREATE OR REPLACE FUNCTION app.endorsers_of(expertise uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'display_name', e.display_name) ORDER BY e.at DESC, e.id), '[]')
        FROM (SELECT m.id, m.display_name, e.at FROM expertise_endorsement e JOIN member m ON m.id = e.member_id
            WHERE e.expertise_id = expertise ORDER BY e.at DESC, m.id LIMIT 20) e);
END $$;
