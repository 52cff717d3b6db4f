-- memberships: five networks each where the origin is eligible; the first of each organization is its référent
CREATE TEMP TABLE sitting AS
SELECT p.number, p.code, p.place, n.id AS network, n.code AS network_code, o.kind,
    row_number() OVER (PARTITION BY n.id, p.place ORDER BY p.number) AS rank
FROM person p JOIN organization o ON o.id = p.place
    JOIN (SELECT network.*, row_number() OVER (ORDER BY code) - 1 AS place FROM network) n
        ON n.place IN (p.number % 13, (p.number + 3) % 13, (p.number + 5) % 13, (p.number + 8) % 13, (p.number + 9) % 13)
            OR (o.kind = 'prefecture' AND n.code IN ('prefectures', 'crise') AND p.number % 3 > 0)
            OR (o.kind = 'ministerial_cabinet' AND n.code = 'conseillers-com')
WHERE p.code IS NULL AND (n.eligible_origins = '{}' OR o.origin = ANY (n.eligible_origins))
    AND (o.kind NOT IN ('government_partner', 'observer') OR n.code = 'partenariats')
    AND NOT (n.code = 'prefectures' AND p.place = pg_temp.organization('Préfecture de l''Hérault'))
    -- a gap to fill: the ministère de la Justice has nobody in the réseau édito
    AND NOT (n.code = 'edito' AND p.place = pg_temp.id(16, 8));
INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, interministerial, valid,
    last_reviewed_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(66, row_number() OVER (ORDER BY s.number, s.network)), s.network, pg_temp.id(49, s.number), pg_temp.id(48, s.number), s.place, s.kind, '',
    CASE WHEN s.kind IN ('government_partner', 'observer') THEN 'observer'
        WHEN s.rank = 1 THEN 'referent' WHEN s.rank = 2 AND s.kind IN ('communication_directorate', 'ministry', 'prefecture') THEN 'deputy' ELSE 'member' END,
    s.network_code = 'prefectures', tstzrange('2022-03-01Z', NULL), CASE WHEN s.number % 4 = 0 THEN timestamptz '2026-01-15Z' END,
    '2022-03-01Z', '2022-03-01Z', app.system(), app.system()
FROM sitting s;
-- the personas' seats; a lead for every network from the SIG but for édito, which the persona leads alone
INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, interministerial, valid,
    created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(67, row_number() OVER ()), pg_temp.network(s.network), pg_temp.id(49, p.number), pg_temp.id(48, p.number), p.place, '', '', s.role,
    s.network = 'prefectures', tstzrange('2022-03-01Z', NULL), '2022-03-01Z', '2022-03-01Z', app.system(), app.system()
FROM person p JOIN (VALUES ('lead-edito', 'edito', 'lead'), ('lead-edito', 'veille', 'member'), ('colead-dinum', 'design', 'co_lead'),
    ('colead-interieur', 'prefectures', 'co_lead'), ('referent-34', 'prefectures', 'referent'), ('deputy-34', 'prefectures', 'deputy'),
    ('director-sociaux', 'dircom', 'referent'), ('contributor-sociaux', 'bureaux-campagne', 'member'), ('member', 'analytics', 'member'),
    ('observer', 'partenariats', 'observer'), ('partner', 'partenariats', 'observer')) s (code, network, role) ON s.code = p.code
ON CONFLICT DO NOTHING;
UPDATE membership m SET role = 'lead' FROM (
    SELECT DISTINCT ON (m.network_id) m.id FROM membership m JOIN network n ON n.id = m.network_id
    WHERE m.organization_id = pg_temp.organization('SIG') AND n.code <> 'edito' ORDER BY m.network_id, m.id) chosen
WHERE m.id = chosen.id;
-- networks in which the SIG has no member yet: another insider leads
UPDATE membership m SET role = 'lead' FROM (
    SELECT DISTINCT ON (m.network_id) m.id FROM membership m
    WHERE m.role IN ('member', 'deputy') AND NOT EXISTS (SELECT FROM membership l WHERE l.network_id = m.network_id AND l.role = 'lead')
    ORDER BY m.network_id, m.id) chosen
WHERE m.id = chosen.id;

-- gaps of every kind, planted: two référents for one seat, one left without successor, one suspended, one of the wrong métier
UPDATE membership SET role = 'referent' WHERE id IN (
    SELECT id FROM membership WHERE network_id = pg_temp.network('edito') AND organization_id = pg_temp.id(18, 1) AND role IN ('member', 'deputy')
    ORDER BY id LIMIT 2);
UPDATE membership SET valid = tstzrange(lower(valid), '2026-03-01Z'), end_reason = 'resigned', version = 2, updated_at = '2026-03-01Z'
    WHERE network_id = pg_temp.network('prefectures') AND role = 'referent' AND organization_id = pg_temp.organization('Préfecture de l''Ain');
UPDATE member SET suspended_at = '2026-05-01Z', version = 2, updated_at = '2026-05-01Z' WHERE id = (
    SELECT member_id FROM membership WHERE network_id = pg_temp.network('prefectures') AND role = 'referent'
        AND organization_id = pg_temp.organization('Préfecture du Gard') ORDER BY id LIMIT 1);
