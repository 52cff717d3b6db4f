-- Whether no other lead stays in the network, active unless this one is suspended. PL/pgSQL, so that its plan is kept.
CREATE OR REPLACE FUNCTION app.is_only_lead(id uuid, network uuid, role text, valid tstzrange, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    suspended boolean;
BEGIN
    IF role <> 'lead' OR NOT valid @> at THEN
        RETURN false;
    END IF;
    -- A lead who is suspended keeps the seat: beside another who is suspended, it may be given up.
    suspended := EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
        WHERE m.id = is_only_lead.id AND (m.suspended_at IS NOT NULL OR p.suspended_at IS NOT NULL));
    RETURN NOT EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
        JOIN affiliation a ON a.id = m.affiliation_id JOIN organization o ON o.id = m.organization_id
        WHERE m.network_id = network AND m.role = 'lead' AND m.id <> is_only_lead.id
            AND o.origin NOT IN ('government_partner', 'observer') AND m.valid @> at
            AND upper_inf(m.valid) AND (suspended OR m.suspended_at IS NULL AND p.suspended_at IS NULL)
            AND p.departed_at IS NULL AND a.valid @> at AND upper_inf(a.valid));
END $$;

-- Whether a membership is the only active lead of its network. In SQL, which the planner inlines, so that a list calls
-- PL/pgSQL only for the few rows that are leads.
CREATE OR REPLACE FUNCTION app.is_last_lead(id uuid, network uuid, role text, valid tstzrange, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN role = 'lead' THEN app.is_only_lead(id, network, role, valid, at) ELSE false END $$;
