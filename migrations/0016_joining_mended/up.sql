-- Joining, mended: who decides, what an invitation stands for, and who may answer for a script.

-- Who decides for a network on a dossier: its leads, and those who co-lead it on that topic by a co-animation in force.
CREATE OR REPLACE FUNCTION app.leads_of(of_network uuid, on_interministerial boolean, at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT s.member_id), '{}') FROM membership s JOIN organization o ON o.id = s.organization_id
    WHERE s.network_id = of_network AND s.valid @> at AND s.suspended_at IS NULL
        AND o.origin NOT IN ('government_partner', 'observer')
        AND (s.role = 'lead' OR (s.role = 'co_lead' AND EXISTS (
            SELECT FROM co_animation c WHERE c.network_id = s.network_id AND c.organization_id = s.organization_id
                AND c.valid @> at AND (on_interministerial OR c.scope = 'all'))))
$$;

-- Whether a dossier may still be decided; what rests on no dossier is not held up by one.
CREATE FUNCTION app.dossier_is_open(person text, network text, withdrawn timestamptz, expires timestamptz, at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT person IS NULL OR app.request_status(person, network, withdrawn, expires, at) = 'open'
$$;

-- What a member holds, now or later.
CREATE FUNCTION app.powers_held(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('role', h.role, 'organization_id', h.organization_id)), '[]')
        FROM (SELECT r.role, r.organization_id, r.valid FROM role_assignment r WHERE r.member_id = who
            UNION ALL
            SELECT NULL, NULL, s.valid FROM membership s WHERE s.member_id = who AND s.role IN ('lead', 'co_lead')) h
        WHERE upper_inf(h.valid) OR upper(h.valid) > at);
END $$;

-- The same of one who never logged in: whoever logs in as him has it. NULL once he did; inlined, so that a list asks for
-- the few alone.
CREATE FUNCTION app.powers_of(who uuid, activated timestamptz, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN activated IS NULL THEN app.powers_held(who, at) END $$;

-- The same for whom an invitation would bind: him it names, else him who has that address.
CREATE FUNCTION app.powers_meant(who uuid, address text, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT app.powers_of(m.id, m.activated_at, at) FROM member m
        WHERE m.id = coalesce(who, (SELECT o.id FROM member o WHERE o.email = address AND o.departed_at IS NULL)));
END $$;

-- The member that a subject is already, if he has not left.
CREATE FUNCTION app.claimant(by_issuer text, by_subject text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT m.id FROM identity i JOIN member m ON m.id = i.principal_id AND m.departed_at IS NULL
        WHERE i.issuer = by_issuer AND i.subject = by_subject);
END $$;

-- What became of the last letter of an invitation.
CREATE FUNCTION app.delivery_status(of_invitation uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT d.status FROM delivery d WHERE d.object_id = of_invitation AND d.kind = 'invitation'
        ORDER BY d.created_at DESC, d.id DESC LIMIT 1);
END $$;

-- Whether a member works in an organization, below it, above it, or where its communication is kept.
CREATE FUNCTION app.works_for(who uuid, organization uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM affiliation a WHERE a.member_id = who AND a.valid @> at
        AND (app.is_below(a.organization_id, organization) OR app.is_below(organization, a.organization_id)
            OR EXISTS (SELECT FROM app.served(a.organization_id, at) s WHERE s.organization_id = organization)))
$$;
