-- What a card shows of a member's affiliations in force: one JSON list, so that a card is one query.
CREATE OR REPLACE FUNCTION app.affiliations_of(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', a.id,
            'organization', jsonb_build_object('id', o.id, 'kind', o.kind, 'name', o.name, 'short_name', o.short_name),
            'position', a.position, 'service', a.service, 'profession', a.profession, 'is_primary', a.is_primary))
            ORDER BY a.is_primary DESC, a.id), '[]')
        FROM affiliation a JOIN organization o ON o.id = a.organization_id WHERE a.member_id = who AND a.valid @> at);
END $$;
