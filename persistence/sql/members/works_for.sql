-- Whether a member works in an organization, below it, above it, or where its communication is kept.
CREATE OR REPLACE FUNCTION app.works_for(who uuid, organization uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM affiliation a WHERE a.member_id = who AND a.valid @> at
        AND (app.is_below(a.organization_id, organization) OR app.is_below(organization, a.organization_id)
            OR EXISTS (SELECT FROM app.served(a.organization_id, at) s WHERE s.organization_id = organization)))
$$;
