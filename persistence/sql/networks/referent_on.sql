-- A member by name.
CREATE OR REPLACE FUNCTION app.member_called(who uuid) RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT jsonb_build_object('id', m.id, 'display_name', m.display_name) FROM member m WHERE m.id = who $$;

-- Who answered for an organization in a network at the end of a day: of several, the person who did so first.
CREATE OR REPLACE FUNCTION app.referent_on(network uuid, organization uuid, day date) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT m.member_id FROM membership m
    WHERE m.network_id = network AND m.organization_id = organization AND m.role = 'referent'
        AND m.valid @> least(app.end_of(day), app.clock())
    ORDER BY lower(m.valid), m.id LIMIT 1
$$;
