-- The networks that a member sits in, where the visibility of their profile depends on them.
CREATE OR REPLACE FUNCTION app.networks_shown(who uuid, visibility text, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF visibility = 'all_members' THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT network_id), '{}') FROM membership WHERE member_id = who AND valid @> at);
END $$;

-- The same, inlined by the planner: a list calls PL/pgSQL only for profiles that are not open to all.
CREATE OR REPLACE FUNCTION app.networks_of(who uuid, visibility text, at timestamptz) RETURNS uuid[] LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN visibility = 'all_members' THEN '{}'::uuid[] ELSE app.networks_shown(who, visibility, at) END $$;
