ALTER TABLE organization_link ADD CONSTRAINT organization_link_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT organization_link_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE organization ADD CONSTRAINT organization_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT organization_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE member ADD CONSTRAINT member_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT member_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE affiliation ADD CONSTRAINT affiliation_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT affiliation_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE role_assignment ADD CONSTRAINT role_assignment_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT role_assignment_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE network ADD CONSTRAINT network_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT network_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE co_animation ADD CONSTRAINT co_animation_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT co_animation_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE seat ADD CONSTRAINT seat_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT seat_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
ALTER TABLE membership ADD CONSTRAINT membership_created_by_fkey FOREIGN KEY (created_by) REFERENCES principal,
    ADD CONSTRAINT membership_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES principal;
DROP FUNCTION app.networks_of;
ALTER FUNCTION app.networks_shown RENAME TO networks_of;
DROP FUNCTION app.is_last_lead, app.is_only_lead;
CREATE FUNCTION app.is_last_lead(id uuid, network uuid, role text, valid tstzrange, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF role <> 'lead' OR NOT valid @> at OR EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
            WHERE m.id = is_last_lead.id AND (m.suspended_at IS NOT NULL OR p.suspended_at IS NOT NULL)) THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (SELECT FROM membership m JOIN member p ON p.id = m.member_id
        JOIN affiliation a ON a.id = m.affiliation_id JOIN organization o ON o.id = m.organization_id
        WHERE m.network_id = network AND m.role = 'lead' AND m.id <> is_last_lead.id
            AND o.origin NOT IN ('government_partner', 'observer') AND m.valid @> at
            AND upper_inf(m.valid) AND m.suspended_at IS NULL AND p.suspended_at IS NULL AND p.departed_at IS NULL
            AND a.valid @> at AND upper_inf(a.valid));
END $$;
DROP FUNCTION app.record(uuid, timestamptz, uuid, text, jsonb);
CREATE FUNCTION app.record(actor uuid, happened timestamptz, request uuid, action text, audited boolean, change jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    object uuid := change ->> 'id';
    latest integer := change ->> 'version';
    fields text[] := ARRAY(SELECT jsonb_array_elements_text(change -> 'fields'));
BEGIN
    INSERT INTO history (noun, object_id, object_version, at, image)
        VALUES (change ->> 'noun', object, latest, happened, change -> 'image');
    INSERT INTO change_event (noun, object_id, object_version, verb, changed_fields, actor_id, at)
        VALUES (change ->> 'noun', object, latest, change ->> 'verb', fields, actor, happened);
    IF audited THEN
        INSERT INTO audit_event (at, principal_id, action, noun, object, object_version, outcome, changed_fields, request_id)
            VALUES (happened, actor, action, change ->> 'noun', change ->> 'key', latest, 'done', fields, request);
    END IF;
END $$;
CREATE OR REPLACE FUNCTION app.actor(who uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    at timestamptz := app.clock();
BEGIN
    RETURN (SELECT jsonb_build_object('id', p.id, 'kind', p.kind, 'suspended', m.suspended_at IS NOT NULL
                OR o.suspended_at IS NOT NULL OR o.departed_at IS NOT NULL,
            'departed', m.departed_at IS NOT NULL, 'expired', coalesce(s.expires_at <= at, false),
            'scopes', coalesce(to_jsonb(s.scopes), '[]'),
            'standings', coalesce(CASE WHEN s.id IS NOT NULL THEN (
                SELECT jsonb_build_array(jsonb_build_object('organization_id', o.id, 'origin', o.origin,
                    'roles', '[]'::jsonb, 'seats', '[]'::jsonb,
                    'own', (SELECT jsonb_agg(d) FROM app.descendants(o.id, at) d)))
                FROM organization o WHERE o.id = s.organization_id)
            ELSE (
                SELECT jsonb_agg(jsonb_build_object('affiliation_id', a.id, 'organization_id', o.id, 'origin', o.origin,
                    'own', '[]'::jsonb,
                    'roles', (SELECT coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'organization_id', r.organization_id,
                        'scope', CASE
                            WHEN r.role = 'org_admin' THEN
                                (SELECT jsonb_agg(d) FROM app.descendants(r.organization_id, at) d)
                            WHEN r.role IN ('dicom_director', 'dicom_contributor') THEN
                                (SELECT jsonb_agg(id) FROM (SELECT d AS id FROM app.descendants(r.organization_id, at) d
                                    UNION SELECT v.organization_id FROM app.served(r.organization_id, at) v) u)
                            ELSE '[]'::jsonb END) ORDER BY r.id), '[]')
                        FROM role_assignment r WHERE r.affiliation_id = a.id AND r.valid @> at),
                    'seats', (SELECT coalesce(jsonb_agg(jsonb_build_object('network_id', ms.network_id, 'role',
                        CASE WHEN ms.role = 'deputy' AND NOT EXISTS (
                                SELECT FROM membership t JOIN member tm ON tm.id = t.member_id
                                JOIN affiliation ta ON ta.id = t.affiliation_id
                                WHERE t.network_id = ms.network_id AND t.organization_id = ms.organization_id
                                    AND t.role = 'referent' AND t.valid @> at AND t.suspended_at IS NULL
                                    AND tm.suspended_at IS NULL AND tm.departed_at IS NULL AND ta.valid @> at)
                            THEN 'referent'
                            -- A co-lead leads through the co-animation of his organization, and not without.
                            WHEN ms.role = 'co_lead' AND NOT EXISTS (SELECT FROM co_animation c
                                WHERE c.network_id = ms.network_id AND c.organization_id = ms.organization_id AND c.valid @> at)
                            THEN 'member' ELSE ms.role END,
                        'scope', coalesce((SELECT c.scope FROM co_animation c WHERE c.network_id = ms.network_id
                            AND c.organization_id = ms.organization_id AND c.valid @> at), 'interministerial_topics')) ORDER BY ms.id), '[]')
                        FROM membership ms WHERE ms.affiliation_id = a.id AND ms.valid @> at AND ms.suspended_at IS NULL))
                    ORDER BY a.id)
                FROM affiliation a JOIN organization o ON o.id = a.organization_id
                WHERE a.member_id = p.id AND a.valid @> at)
            END, '[]'::jsonb))
        FROM principal p LEFT JOIN member m ON m.id = p.id LEFT JOIN service_account s ON s.id = p.id
            LEFT JOIN member o ON o.id = s.owner_id WHERE p.id = who);
END $$;
DROP FUNCTION app.service_actor, app.seat_held, app.role_scope;
DROP INDEX organization_link_from_id_idx, role_assignment_affiliation_id_idx;
ALTER TABLE organization_period DROP CONSTRAINT organization_period_excl, ADD CONSTRAINT organization_period_excl EXCLUDE USING gist (
    organization_id WITH =, valid WITH &&);
ALTER TABLE organization_link DROP CONSTRAINT organization_link_excl, ADD CONSTRAINT organization_link_excl EXCLUDE USING gist (
    from_id WITH =, to_id WITH =, kind WITH =, valid WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_once_excl, ADD CONSTRAINT affiliation_once_excl EXCLUDE USING gist (
    member_id WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_one_primary_excl, ADD CONSTRAINT affiliation_one_primary_excl EXCLUDE USING gist (
    member_id WITH =, valid WITH &&) WHERE (is_primary);
ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_once_excl, ADD CONSTRAINT role_assignment_once_excl EXCLUDE USING gist (
    affiliation_id WITH =, role WITH =, (coalesce(organization_id, '00000000-0000-0000-0000-000000000000')) WITH =,
    valid WITH &&);
ALTER TABLE co_animation DROP CONSTRAINT co_animation_once_excl, ADD CONSTRAINT co_animation_once_excl EXCLUDE USING gist (
    network_id WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE seat DROP CONSTRAINT seat_once_excl, ADD CONSTRAINT seat_once_excl EXCLUDE USING gist (
    network_id WITH =, organization_id WITH =, role WITH =, valid WITH &&);
ALTER TABLE membership DROP CONSTRAINT membership_once_excl, ADD CONSTRAINT membership_once_excl EXCLUDE USING gist (
    network_id WITH =, affiliation_id WITH =, valid WITH &&);
