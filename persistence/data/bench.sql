-- The bench data set: 300 organizations, 13 networks, 5,000 members and 7,500 memberships times :scale, the same at each
-- load. The first network has two fifths of the memberships, the twelve others the rest, as the fixed floor has.
CREATE FUNCTION pg_temp.id(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('01900000-0000-7000-9' || lpad(to_hex(kind), 3, '0') || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;

INSERT INTO organization (id, kind, name, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(1, n), (ARRAY['operator', 'central_administration', 'deconcentrated_service', 'ministry'])[1 + n % 4],
    'Organisation de mesure n° ' || n, '2021-01-01Z', '2021-01-01Z', app.system(), app.system()
FROM generate_series(1, 300 - (SELECT count(*) FROM organization)::integer) n;
-- every fifteenth is a communication directorate, which serves the fourteen after it
UPDATE organization SET kind = 'communication_directorate' WHERE id IN (SELECT pg_temp.id(1, n * 15) FROM generate_series(1, 19) n);
INSERT INTO organization_link (id, from_id, to_id, kind, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(9, n), pg_temp.id(1, n / 15 * 15), pg_temp.id(1, n), 'serves', tstzrange('2021-01-01Z', NULL), '2021-01-01Z', '2021-01-01Z', app.system(), app.system()
FROM generate_series(16, 299) n WHERE n % 15 > 0 AND EXISTS (SELECT FROM organization WHERE id = pg_temp.id(1, n));
CREATE TEMP TABLE place AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM organization;
CREATE UNIQUE INDEX ON place (number);
ANALYZE place;

INSERT INTO principal (id, kind, created_at)
SELECT pg_temp.id(2, n), 'member', '2025-01-01Z' FROM generate_series(0, 5000 * :scale) n;
INSERT INTO member (id, given_name, usual_name, email, phones, activated_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(2, n),
    (ARRAY['Camille', 'Léa', 'Manon', 'Chloé', 'Inès', 'Jade', 'Louise', 'Alice', 'Zoé', 'Lina', 'Hugo', 'Louis', 'Jules', 'Adam', 'Lucas'])[1 + n * 31 % 15],
    (ARRAY['Val', 'Mont', 'Bel', 'Roche', 'Font', 'Clair', 'Haut', 'Champ', 'Bois', 'Lan', 'Per', 'Cor', 'Mar', 'Tre'])[1 + n * 17 % 14]
        || (ARRAY['castel', 'vigne', 'lande', 'rieu', 'noir', 'brac', 'taille', 'sange', 'dère', 'velle', 'gnac', 'moulin', 'combe'])[1 + n * 7919 / 14 % 13] || to_hex(n * 7919 % 4093),
    'membre' || n || '@bench.example', ARRAY['+331' || lpad((40000000 + n % 9999999)::text, 8, '0')], '2025-01-01Z', '2025-01-01Z', '2025-01-01Z',
    app.system(), app.system()
FROM generate_series(0::bigint, 5000 * :scale) n;
INSERT INTO affiliation (id, member_id, organization_id, position, profession, is_primary, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(3, n), pg_temp.id(2, n), p.id, 'Chargée de communication', 'communicator', true, tstzrange('2025-01-01Z', NULL), '2025-01-01Z',
    '2025-01-01Z', app.system(), app.system()
FROM generate_series(0::bigint, 5000 * :scale) n JOIN place p ON p.number = n * 7919 % 300;
-- the first of all administers
INSERT INTO role_assignment (id, member_id, affiliation_id, role, valid, granted_by, created_at, updated_at, created_by, updated_by)
VALUES (pg_temp.id(4, 0), pg_temp.id(2, 0), pg_temp.id(3, 0), 'sig_admin', tstzrange('2025-01-01Z', NULL), app.system(), '2025-01-01Z', '2025-01-01Z',
    app.system(), app.system());
INSERT INTO external_id (noun, source_id, value, object_id) SELECT 'persona', id, 'sig-admin', pg_temp.id(2, 0) FROM source WHERE code = 'demo';

INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, valid,
    created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(5, n), (SELECT id FROM network WHERE code = 'edito'), pg_temp.id(3, n), app.system(), app.system(), '', '',
    CASE WHEN n % 200 = 0 THEN 'referent' ELSE 'member' END, tstzrange('2025-06-01Z', NULL), '2025-06-01Z', '2025-06-01Z', app.system(), app.system()
FROM generate_series(1::bigint, 3000 * :scale) n;
INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, valid,
    created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(6, k.place * 1000000 + n), k.id, pg_temp.id(3, 1 + (n * 13 + k.place * 7001) % (5000 * :scale)), app.system(), app.system(), '', '',
    CASE WHEN n % 200 = 0 THEN 'referent' ELSE 'member' END, tstzrange('2025-06-01Z', NULL), '2025-06-01Z', '2025-06-01Z', app.system(), app.system()
FROM generate_series(1::bigint, 375 * :scale) n,
    (SELECT id, row_number() OVER (ORDER BY code) AS place FROM network WHERE code <> 'edito') k;
-- Two follow-ups and two actions for each network and organization.
INSERT INTO follow_up (id, axis, network_id, organization_id, held_on, health, summary, confidentiality, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(7, k.place * 1000000 + p.number * 10 + n), CASE n WHEN 1 THEN 'network' ELSE 'organization' END, k.id, p.id,
    date '2026-10-01' + n, (ARRAY['green', 'amber', 'red'])[1 + (p.number + n) % 3], 'Point de mesure', 'normal', '2026-10-05Z', '2026-10-05Z', app.system(), app.system()
FROM (SELECT id, row_number() OVER (ORDER BY code) AS place FROM network) k, place p, generate_series(1, 2) n;
INSERT INTO action_item (id, title, network_id, owner_organization_id, due_on, status, closed_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(8, k.place * 1000000 + p.number * 10 + n), 'Action de mesure ' || n, k.id, p.id, date '2026-11-01' + (p.number % 60)::integer,
    CASE n WHEN 1 THEN 'open' ELSE 'done' END, CASE n WHEN 1 THEN NULL ELSE timestamptz '2026-10-20Z' END, '2026-10-05Z', '2026-10-05Z', app.system(), app.system()
FROM (SELECT id, row_number() OVER (ORDER BY code) AS place FROM network) k, place p, generate_series(1, 2) n;
DROP TABLE place;
