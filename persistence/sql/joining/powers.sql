-- What a member holds, now or later.
CREATE OR REPLACE FUNCTION app.powers_held(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('role', h.role, 'organization_id', h.organization_id)), '[]')
        FROM (SELECT r.role, r.organization_id, r.valid FROM role_assignment r WHERE r.member_id = who
            UNION ALL
            SELECT NULL, NULL, s.valid FROM membership s WHERE s.member_id = who AND s.role IN ('lead', 'co_lead')) h
        WHERE upper_inf(h.valid) OR upper(h.valid) > at);
END $$;

-- The same of a member who never logged in: the person who accepts the invitation will hold it. NULL after the first login.
-- Inlined by the planner, so that a list asks only for those few.
CREATE OR REPLACE FUNCTION app.powers_of(who uuid, activated timestamptz, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN activated IS NULL THEN app.powers_held(who, at) END $$;

-- The same for whom an invitation would bind: the member it names, else the one with that address.
CREATE OR REPLACE FUNCTION app.powers_meant(who uuid, address text, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT app.powers_of(m.id, m.activated_at, at) FROM member m
        WHERE m.id = coalesce(who, (SELECT o.id FROM member o WHERE o.email = address AND o.departed_at IS NULL)));
END $$;
