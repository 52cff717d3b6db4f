DROP FUNCTION app.works_for(uuid, uuid, timestamptz);
DROP FUNCTION app.delivery_status(uuid);
DROP FUNCTION app.claimant(text, text);
DROP FUNCTION app.powers_meant(uuid, text, timestamptz);
DROP FUNCTION app.powers_of(uuid, timestamptz, timestamptz);
DROP FUNCTION app.powers_held(uuid, timestamptz);
DROP FUNCTION app.dossier_is_open(text, text, timestamptz, timestamptz, timestamptz);
CREATE OR REPLACE FUNCTION app.leads_of(of_network uuid, on_interministerial boolean, at timestamptz) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT s.member_id), '{}') FROM membership s JOIN organization o ON o.id = s.organization_id
    WHERE s.network_id = of_network AND s.valid @> at AND s.suspended_at IS NULL
        AND o.origin NOT IN ('government_partner', 'observer')
        AND (s.role = 'lead' OR (s.role = 'co_lead' AND (on_interministerial OR EXISTS (
            SELECT FROM co_animation c WHERE c.network_id = s.network_id AND c.organization_id = s.organization_id
                AND c.valid @> at AND c.scope = 'all'))))
$$;
