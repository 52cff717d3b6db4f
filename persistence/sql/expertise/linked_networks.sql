-- Networks that something is linked to, with what tells who knows of them.
CREATE OR REPLACE FUNCTION app.linked_networks(networks uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'code', code, 'visibility', visibility) ORDER BY code), '[]')
        FROM network WHERE id = ANY (networks));
END $$;

CREATE OR REPLACE FUNCTION app.linked_network(network uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN app.linked_networks(ARRAY[network]) -> 0;
END $$;
