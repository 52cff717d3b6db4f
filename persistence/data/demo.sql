-- The demo: fictional members at the real orders of magnitude, the same at each load. No real person's name; every
-- address ends in .example. tests/it/demo.rs asserts that every case occurs.
CREATE FUNCTION pg_temp.id(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('01900000-0000-7000-8' || lpad(to_hex(kind), 3, '0') || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.network(wanted text) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT id FROM network WHERE code = wanted $$;
CREATE FUNCTION pg_temp.organization(wanted text) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT id FROM organization WHERE name = wanted OR short_name = wanted ORDER BY id LIMIT 1 $$;
-- A number that looks drawn, and is the same at each load.
CREATE FUNCTION pg_temp.draw(seed text, below integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT (('x' || left(md5(seed), 7))::bit(28)::integer) % below $$;

-- ministries, their cabinets and their communication directorates
CREATE TEMP TABLE ministry_names (number integer, name text, short text, dicom text);
INSERT INTO ministry_names VALUES
    (1, 'Ministère de la Santé', 'MSANTE', 'DICOM sociaux'), (2, 'Ministère du Travail', 'MTRAV', 'DICOM sociaux'),
    (3, 'Ministère des Solidarités', 'MSOL', 'DICOM sociaux'), (4, 'Ministère de l''Éducation', 'MEDU', 'DELCOM'),
    (5, 'Ministère de l''Enseignement supérieur', 'MESR', 'DELCOM'), (6, 'Ministère de l''Économie', 'MECO', 'SIRCOM'),
    (7, 'Ministère des Comptes publics', 'MCP', 'SIRCOM'), (8, 'Ministère de la Justice', 'MJ', 'DICOM Justice'),
    (9, 'Ministère des Armées', 'MINARM', 'DICoD'), (10, 'Ministère de l''Agriculture', 'MAGRI', 'DICOM Agriculture'),
    (11, 'Ministère de la Transition écologique', 'MTE', 'DICOM Écologie'), (12, 'Ministère de la Culture', 'MCULT', 'DIC'),
    (13, 'Ministère de l''Europe et des Affaires étrangères', 'MEAE', 'DCP'), (14, 'Ministère des Sports', 'MSPO', 'DICOM Sports');
INSERT INTO organization (id, kind, name, short_name, email_domains, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(16, number), 'ministry', name, short, ARRAY[lower(short) || '.example'], '2021-01-01Z', '2021-01-01Z',
    app.system(), app.system() FROM ministry_names;
INSERT INTO organization (id, kind, name, parent_id, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(17, number), 'ministerial_cabinet', 'Cabinet – ' || name, pg_temp.id(16, number), '2021-01-01Z',
    '2021-01-01Z', app.system(), app.system() FROM ministry_names;
CREATE TEMP TABLE dicom_names (number integer, short text, name text);
INSERT INTO dicom_names VALUES
    (1, 'DICOM sociaux', 'Délégation à l''information et à la communication des ministères sociaux'),
    (2, 'DELCOM', 'Délégation à la communication de l''éducation et de la recherche'),
    (3, 'SIRCOM', 'Service de la communication des ministères économique et financier'),
    (4, 'DICOM Justice', 'Délégation à l''information et à la communication de la justice'),
    (5, 'DICoD', 'Délégation à l''information et à la communication de la défense'),
    (6, 'DICOM Agriculture', 'Délégation à l''information et à la communication de l''agriculture'),
    (7, 'DICOM Écologie', 'Direction de la communication de la transition écologique'),
    (8, 'DIC', 'Délégation à l''information et à la communication de la culture'),
    (9, 'DCP', 'Direction de la communication et de la presse'),
    (10, 'DICOM Sports', 'Bureau de la communication des sports'),
    (11, 'DICOM Intérieur', 'Délégation à l''information et à la communication de l''intérieur');
INSERT INTO organization (id, kind, name, short_name, email_domains, contact_points, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(18, number), 'communication_directorate', name, short, ARRAY['dicom' || number || '.example'],
    jsonb_build_array(jsonb_build_object('kind', 'email', 'label', 'Presse', 'value', 'presse@dicom' || number || '.example')),
    '2021-01-01Z', '2021-01-01Z', app.system(), app.system() FROM dicom_names;
INSERT INTO organization_link (id, from_id, to_id, kind, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(32, m.number), d.id, pg_temp.id(16, m.number), 'serves', tstzrange('2022-01-01Z', NULL), '2022-01-01Z',
    '2022-01-01Z', app.system(), app.system()
FROM ministry_names m JOIN organization d ON d.short_name = m.dicom AND d.kind = 'communication_directorate';
INSERT INTO organization_link (id, from_id, to_id, kind, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(33, row_number() OVER ()), pg_temp.id(18, 11), id, 'serves', tstzrange('2022-01-01Z', NULL), '2022-01-01Z',
    '2022-01-01Z', app.system(), app.system()
FROM organization WHERE short_name IN ('MI', 'MOM');

-- central administrations, operators, deconcentrated services, partners, observers
INSERT INTO organization (id, kind, name, short_name, parent_id, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(19, n), 'central_administration',
    (ARRAY['Direction générale', 'Secrétariat général', 'Inspection générale', 'Direction du budget', 'Direction des ressources humaines',
        'Direction des affaires juridiques', 'Direction du numérique', 'Direction de l''administration', 'Service statistique',
        'Haut fonctionnariat'])[1 + (n - 1) / 14 % 10] || ' – ' || m.name || CASE WHEN n > 140 THEN ' (' || (n - 1) / 140 + 1 || ')' ELSE '' END,
    NULL, pg_temp.id(16, m.number), '2021-01-01Z', '2021-01-01Z', app.system(), app.system()
FROM generate_series(1, 200) n JOIN ministry_names m ON m.number = 1 + (n - 1) % 14;
INSERT INTO organization (id, kind, name, parent_id, website, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(20, n), 'operator',
    (ARRAY['Agence', 'Office', 'Institut', 'Établissement public', 'Centre national', 'Conservatoire', 'Fonds', 'Observatoire'])[1 + n % 8]
    || ' ' || (ARRAY['de la qualité', 'des territoires', 'de la prévention', 'des données', 'de l''innovation', 'du patrimoine', 'des mobilités',
        'de la formation', 'de la biodiversité', 'de la jeunesse'])[1 + n / 8 % 10] || ' n° ' || n,
    CASE WHEN n % 5 > 0 THEN pg_temp.id(16, 1 + n % 14) END, 'https://operateur' || n || '.example', '2021-01-01Z',
    '2021-01-01Z', app.system(), app.system()
FROM generate_series(1, 491) n;
INSERT INTO organization (id, kind, name, parent_id, territory_code, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(21, row_number() OVER (ORDER BY s.place, t.code)), 'deconcentrated_service', s.name || ' – ' || t.name,
    pg_temp.id(16, s.ministry), t.code, '2021-01-01Z', '2021-01-01Z', app.system(), app.system()
FROM (VALUES (1, 'Direction départementale des territoires', 'department', 11), (2, 'Direction départementale de la protection des populations', 'department', 10),
        (3, 'Direction départementale de l''emploi et des solidarités', 'department', 2), (4, 'Direction des services départementaux de l''éducation', 'department', 4),
        (10, 'Unité départementale de l''architecture et du patrimoine', 'department', 12),
        (5, 'Direction régionale de l''environnement', 'region', 11), (6, 'Direction régionale des affaires culturelles', 'region', 12),
        (7, 'Agence régionale de santé', 'region', 1), (8, 'Rectorat', 'region', 4), (9, 'Direction régionale des finances publiques', 'region', 7)) s (place, name, kind, ministry)
    JOIN territory t ON t.kind = s.kind;
INSERT INTO organization (id, kind, name, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(22, n), CASE WHEN n <= 40 THEN 'government_partner' ELSE 'observer' END,
    (CASE WHEN n <= 40 THEN 'Fondation partenaire n° ' ELSE 'Institution observatrice n° ' END) || n, '2021-01-01Z', '2021-01-01Z',
    app.system(), app.system()
FROM generate_series(1, 55) n;
INSERT INTO organization (id, kind, name, short_name, parent_id, created_at, updated_at, created_by, updated_by) VALUES
    (pg_temp.id(23, 1), 'central_administration', 'Inspection générale de la communication de l''État', 'IGCE', NULL, '2021-01-01Z',
        '2021-01-01Z', app.system(), app.system()),
    (pg_temp.id(23, 2), 'operator', 'Agence Santé-Environnement', 'ASE', pg_temp.id(16, 1), '2021-01-01Z', '2021-01-01Z', app.system(), app.system());
-- served by two DICOMs
INSERT INTO organization_link (id, from_id, to_id, kind, valid, created_at, updated_at, created_by, updated_by) VALUES
    (pg_temp.id(34, 1), pg_temp.id(18, 1), pg_temp.id(23, 2), 'serves', tstzrange('2023-01-01Z', NULL), '2023-01-01Z', '2023-01-01Z', app.system(), app.system()),
    (pg_temp.id(34, 2), pg_temp.id(18, 7), pg_temp.id(23, 2), 'serves', tstzrange('2023-01-01Z', NULL), '2023-01-01Z', '2023-01-01Z', app.system(), app.system()),
    (pg_temp.id(34, 3), pg_temp.id(16, 1), pg_temp.id(23, 2), 'supervises', tstzrange('2021-01-01Z', NULL), '2021-01-01Z', '2021-01-01Z', app.system(), app.system());
-- a past reorganization: two became one, and one was renamed
INSERT INTO organization (id, kind, name, short_name, parent_id, created_at, updated_at, created_by, updated_by) VALUES
    (pg_temp.id(24, 1), 'central_administration', 'Direction de la jeunesse', 'DJ', pg_temp.id(16, 14), '2021-01-01Z', '2021-01-01Z', app.system(), app.system()),
    (pg_temp.id(24, 2), 'central_administration', 'Direction des sports de masse', 'DSM', pg_temp.id(16, 14), '2021-01-01Z', '2021-01-01Z', app.system(), app.system()),
    (pg_temp.id(24, 3), 'central_administration', 'Direction de la jeunesse et des sports', 'DJS', pg_temp.id(16, 14), '2025-03-01Z', '2025-03-01Z', app.system(), app.system()),
    (pg_temp.id(24, 4), 'central_administration', 'Service de l''équipement', 'SE', pg_temp.id(16, 11), '2021-01-01Z', '2021-01-01Z', app.system(), app.system());
UPDATE organization SET status = 'merged', successor_ids = ARRAY[pg_temp.id(24, 3)], version = 2, updated_at = '2025-03-01Z'
    WHERE id IN (pg_temp.id(24, 1), pg_temp.id(24, 2));
INSERT INTO organization_link (id, from_id, to_id, kind, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(35, n), pg_temp.id(24, 3), pg_temp.id(24, n), 'succeeds', tstzrange('2025-03-01Z', NULL), '2025-03-01Z', '2025-03-01Z',
    app.system(), app.system() FROM generate_series(1, 2) n;
UPDATE organization SET name = 'Service des infrastructures', short_name = 'SI', aliases = ARRAY['Service de l''équipement'], version = 2,
    updated_at = '2025-06-01Z' WHERE id = pg_temp.id(24, 4);

-- other and former names, by which people go on looking for them
UPDATE organization o SET aliases = string_to_array(v.aliases, ' | ') FROM (VALUES
    ('Services du Premier ministre', 'Matignon'), ('Service d''information du Gouvernement', 'Service d''information et de diffusion | SID'),
    ('Direction interministérielle du numérique', 'DINSIC | DISIC'), ('Ministère de l''Intérieur', 'Place Beauvau'),
    ('Ministère des Outre-mer', 'Ministère de la Coopération | Rue Oudinot'), ('Ministère de la Santé', 'Ministère des Affaires sociales'),
    ('Ministère du Travail', 'Ministère de l''Emploi'), ('Ministère des Solidarités', 'Ministère de la Cohésion sociale'),
    ('Ministère de l''Éducation', 'Ministère de l''Instruction publique | Rue de Grenelle'),
    ('Ministère de l''Enseignement supérieur', 'Ministère de la Recherche | MENESR'),
    ('Ministère de l''Économie', 'Ministère des Finances | Bercy | MINEFI'), ('Ministère des Comptes publics', 'Ministère du Budget'),
    ('Ministère de la Justice', 'Chancellerie | Place Vendôme'), ('Ministère des Armées', 'Ministère de la Défense'),
    ('Ministère de l''Agriculture', 'Rue de Varenne'), ('Ministère de la Transition écologique', 'Ministère de l''Environnement | MEDDE'),
    ('Ministère de la Culture', 'Rue de Valois'), ('Ministère des Sports', 'Secrétariat d''État aux sports'),
    ('Ministère de l''Europe et des Affaires étrangères', 'Quai d''Orsay | Ministère des Relations extérieures'),
    ('Délégation à l''information et à la communication de la défense', 'Service d''information et de relations publiques des armées | SIRPA'),
    ('Préfecture des Côtes-d''Armor', 'Préfecture des Côtes-du-Nord'), ('Préfecture de la Loire-Atlantique', 'Préfecture de la Loire-Inférieure'),
    ('Préfecture de la Seine-Maritime', 'Préfecture de la Seine-Inférieure'), ('Préfecture de la Charente-Maritime', 'Préfecture de la Charente-Inférieure'),
    ('Préfecture des Alpes-de-Haute-Provence', 'Préfecture des Basses-Alpes'), ('Préfecture des Pyrénées-Atlantiques', 'Préfecture des Basses-Pyrénées'),
    ('Préfecture des Yvelines', 'Préfecture de Seine-et-Oise'), ('Préfecture de Meurthe-et-Moselle', 'Préfecture de la Meurthe'),
    ('Préfecture de la Corse-du-Sud', 'Préfecture de la Corse'), ('Rectorat – Île-de-France', 'Académie de Paris'),
    ('Rectorat – Occitanie', 'Académie de Montpellier'), ('Agence régionale de santé – Bretagne', 'Agence régionale de l''hospitalisation de Bretagne'),
    ('Direction régionale de l''environnement – Bretagne', 'DREAL Bretagne'), ('Direction régionale de l''environnement – Normandie', 'DREAL Normandie'),
    ('Direction départementale des territoires – Gironde', 'Direction départementale de l''équipement de la Gironde | DDE Gironde'),
    ('Direction départementale des territoires – Hérault', 'Direction départementale de l''agriculture et de la forêt de l''Hérault | DDAF Hérault'),
    ('Direction départementale de l''emploi et des solidarités – Rhône', 'DDASS du Rhône'),
    ('Direction départementale de la protection des populations – Nord', 'Direction des services vétérinaires du Nord'),
    ('Direction des services départementaux de l''éducation – Var', 'Inspection académique du Var'),
    ('Agence Santé-Environnement', 'Agence de sécurité sanitaire'), ('Direction régionale des finances publiques – Bretagne', 'Trésorerie générale de Bretagne')
    ) v (name, aliases) WHERE o.name = v.name;

-- members: the personas first, then the others
CREATE TEMP TABLE person (number integer, code text, given text, usual text, place uuid, profession text, fonction text);
INSERT INTO person VALUES
    (1, 'sig-admin', 'Aline', 'Vertval', pg_temp.organization('SIG'), 'communicator', 'Administratrice de Diapason'),
    (2, 'sig-coordinator', 'Bastien', 'Corvelle', pg_temp.organization('SIG'), 'communicator', 'Coordinateur des réseaux'),
    (3, 'auditor', 'Colette', 'Marsange', pg_temp.organization('IGCE'), 'communicator', 'Inspectrice'),
    (4, 'lead-edito', 'Damien', 'Fleurac', pg_temp.organization('DICOM Écologie'), 'editor', 'Responsable éditorial'),
    (5, 'colead-dinum', 'Estelle', 'Brévigne', pg_temp.organization('DINUM'), 'designer', 'Responsable du design'),
    (6, 'colead-interieur', 'Fabien', 'Ostreval', pg_temp.organization('MI'), 'communicator', 'Chargé des préfectures'),
    (7, 'referent-34', 'Gaëlle', 'Pérignan', pg_temp.organization('Préfecture de l''Hérault'), 'communicator', 'Chef du bureau de la communication'),
    (8, 'deputy-34', 'Hugo', 'Lanthieu', pg_temp.organization('Préfecture de l''Hérault'), 'communicator', 'Adjoint au chef de bureau'),
    (9, 'director-sociaux', 'Irène', 'Dastrevigne', pg_temp.organization('DICOM sociaux'), 'communication_director', 'Directrice'),
    (10, 'contributor-sociaux', 'Joris', 'Belcastel', pg_temp.organization('DICOM sociaux'), 'campaign_manager', 'Responsable de campagnes'),
    (11, 'org-admin-34', 'Karine', 'Sauvelade', pg_temp.organization('Préfecture de l''Hérault'), 'communicator', 'Secrétaire générale adjointe'),
    (12, 'member', 'Loïc', 'Terrenoire', pg_temp.id(20, 7), 'communicator', 'Chargé de communication'),
    (13, 'observer', 'Maud', 'Visancourt', pg_temp.id(22, 41), 'communicator', 'Observatrice'),
    (14, 'partner', 'Nils', 'Harcelaine', pg_temp.id(22, 1), 'partnership_manager', 'Responsable des partenariats');
-- spread over all organizations: directorates and prefectures have more
CREATE TEMP TABLE place AS SELECT id, kind, row_number() OVER (ORDER BY md5(id::text)) - 1 AS number
    FROM organization o, generate_series(1, CASE kind WHEN 'communication_directorate' THEN 12 WHEN 'ministry' THEN 8 WHEN 'prefecture' THEN 4
        WHEN 'ministerial_cabinet' THEN 3 WHEN 'prime_minister_service' THEN 8 WHEN 'government_partner' THEN 1 WHEN 'observer' THEN 1 ELSE 2 END)
    WHERE status = 'active';
INSERT INTO person
SELECT n, NULL,
    (ARRAY['Adèle', 'Bruno', 'Céline', 'David', 'Élise', 'Farid', 'Geneviève', 'Hakim', 'Inès', 'Julien', 'Kadiatou', 'Laurent', 'Mélanie', 'Nadir',
        'Océane', 'Paul', 'Quitterie', 'Rachid', 'Solène', 'Thomas', 'Ulysse', 'Violette', 'Wassila', 'Xavier', 'Yaëlle', 'Zacharie'])[1 + pg_temp.draw('given' || n, 26)],
    (ARRAY['Val', 'Mont', 'Bel', 'Roche', 'Font', 'Clair', 'Haut', 'Champ', 'Saint-', 'Bois', 'Lan', 'Per', 'Cor', 'Des', 'Mar', 'Tre'])[1 + pg_temp.draw('first' || n, 16)]
    || (ARRAY['castel', 'vigne', 'lande', 'rieu', 'noir', 'brac', 'mieux', 'taille', 'sange', 'dère', 'quin', 'velle', 'gnac', 'thierry', 'moulin', 'ombre',
        'zac', 'plane', 'combe', 'fleur'])[1 + pg_temp.draw('second' || n, 20)],
    p.id,
    (ARRAY['communicator', 'editor', 'community_manager', 'web_manager', 'audience_analyst', 'designer', 'media_monitor', 'crisis_communicator', 'press_officer',
        'brand_manager', 'accessibility_officer', 'partnership_manager', 'campaign_manager', 'communicator', 'communicator'])[1 + pg_temp.draw('job' || n, 15)],
    (ARRAY['Chargée de communication', 'Chargé de mission', 'Responsable de pôle', 'Chef de projet', 'Cheffe de bureau', 'Attaché'])[1 + pg_temp.draw('position' || n, 6)]
FROM generate_series(15, 5000) n JOIN place p ON p.number = n::bigint * 7919 % (SELECT count(*) FROM place);

INSERT INTO principal (id, kind, created_at) SELECT pg_temp.id(48, number), 'member', '2022-01-01Z' FROM person;
INSERT INTO member (id, given_name, usual_name, email, phones, profile_visibility, activated_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(48, number), given, usual,
    CASE WHEN code IS NULL THEN 'agent' || number || '@' || 'agents.example' ELSE code || '@diapason.example' END,
    CASE WHEN number % 3 = 0 THEN ARRAY['+331' || lpad((40000000 + number)::text, 8, '0')] ELSE '{}' END,
    CASE WHEN code IS NULL AND number % 50 = 0 THEN 'networks' WHEN code IS NULL AND number % 50 = 1 THEN 'leads' ELSE 'all_members' END,
    CASE WHEN code IS NULL AND number % 20 = 7 THEN NULL ELSE timestamptz '2022-02-01Z' END,
    '2022-01-01Z', '2022-01-01Z', app.system(), app.system()
FROM person;
INSERT INTO affiliation (id, member_id, organization_id, position, profession, is_primary, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(49, number), pg_temp.id(48, number), place, fonction, profession, true, tstzrange('2022-01-01Z', NULL), '2022-01-01Z',
    '2022-01-01Z', app.system(), app.system()
FROM person;
-- two affiliations at once: a hundred have a second place, and referent-34 one at the ministère de l'Intérieur
INSERT INTO affiliation (id, member_id, organization_id, position, profession, is_primary, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(50, p.number), pg_temp.id(48, p.number), CASE WHEN p.code IS NULL THEN pg_temp.id(18, 1 + p.number % 11) ELSE pg_temp.organization('MI') END,
    'Mise à disposition', p.profession, false, tstzrange('2024-01-01Z', NULL), '2024-01-01Z', '2024-01-01Z', app.system(), app.system()
FROM person p JOIN organization o ON o.id = p.place
WHERE (p.code IS NULL AND p.number % 50 = 3 AND o.kind NOT IN ('communication_directorate', 'government_partner', 'observer')) OR p.code = 'referent-34';
-- moves: they were elsewhere before
INSERT INTO affiliation (id, member_id, organization_id, position, is_primary, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(51, number), pg_temp.id(48, number), pg_temp.id(20, 1 + number % 400), 'Chargé de mission', true,
    tstzrange('2021-06-01Z', '2022-01-01Z'), '2021-06-01Z', '2021-06-01Z', app.system(), app.system()
FROM person WHERE code IS NULL AND number % 40 = 9 AND place <> pg_temp.id(20, 1 + number % 400);

-- roles
INSERT INTO role_assignment (id, member_id, affiliation_id, role, organization_id, valid, granted_by, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(52, p.number), pg_temp.id(48, p.number), pg_temp.id(49, p.number), r.role, r.place, tstzrange('2022-02-01Z', NULL), app.system(),
    '2022-02-01Z', '2022-02-01Z', app.system(), app.system()
FROM person p JOIN (VALUES ('sig-admin', 'sig_admin', NULL::uuid), ('sig-coordinator', 'sig_coordinator', NULL), ('auditor', 'auditor', NULL),
    ('director-sociaux', 'dicom_director', pg_temp.id(18, 1)), ('contributor-sociaux', 'dicom_contributor', pg_temp.id(18, 1)),
    ('org-admin-34', 'org_admin', pg_temp.organization('Préfecture de l''Hérault'))) r (code, role, place) ON r.code = p.code;
INSERT INTO role_assignment (id, member_id, affiliation_id, role, organization_id, valid, granted_by, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(53, d.number), pg_temp.id(48, p.number), pg_temp.id(49, p.number), 'dicom_director', pg_temp.id(18, d.number),
    tstzrange('2022-02-01Z', NULL), app.system(), '2022-02-01Z', '2022-02-01Z', app.system(), app.system()
FROM dicom_names d JOIN LATERAL (SELECT number FROM person WHERE place = pg_temp.id(18, d.number) AND code IS NULL ORDER BY number LIMIT 1) p ON true
WHERE d.number > 1;
INSERT INTO role_assignment (id, member_id, affiliation_id, role, valid, granted_by, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(54, p.number), pg_temp.id(48, p.number), pg_temp.id(49, p.number), 'dpo', tstzrange('2022-02-01Z', NULL), app.system(),
    '2022-02-01Z', '2022-02-01Z', app.system(), app.system()
FROM (SELECT number FROM person WHERE place = pg_temp.organization('SIG') AND code IS NULL ORDER BY number LIMIT 1) p;

-- seats: référents of every DICOM and ministry in every network, of every prefecture in two, of a hundred operators in one
INSERT INTO seat (id, network_id, organization_id, role, min, max, professions, interministerial, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(64, row_number() OVER (ORDER BY n.code, o.id)), n.id, o.id, 'referent', 1, 1,
    CASE WHEN n.code = 'analytics' THEN ARRAY['audience_analyst', 'web_manager'] ELSE '{}' END, n.code = 'prefectures',
    tstzrange('2022-02-01Z', NULL), '2022-02-01Z', '2022-02-01Z', app.system(), app.system()
FROM network n CROSS JOIN organization o
WHERE o.status = 'active' AND (
    (o.kind IN ('communication_directorate', 'ministry') AND n.code NOT IN ('conseillers-com', 'prefectures'))
    OR (o.kind = 'ministerial_cabinet' AND n.code = 'conseillers-com')
    OR (o.kind = 'prefecture' AND n.code IN ('prefectures', 'crise'))
    OR (n.code = 'accessibilite' AND o.kind = 'operator' AND o.id < pg_temp.id(20, 100)));
INSERT INTO seat (id, network_id, organization_id, role, min, max, interministerial, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(65, row_number() OVER (ORDER BY o.id)), pg_temp.network('prefectures'), o.id, 'deputy', 0, 1, true, tstzrange('2022-02-01Z', NULL),
    '2022-02-01Z', '2022-02-01Z', app.system(), app.system()
FROM organization o WHERE o.kind = 'prefecture';

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
-- leavers: fifty departed at the end of 2025
CREATE TEMP TABLE leaver AS SELECT number FROM person p WHERE code IS NULL AND number % 100 = 61
    AND NOT EXISTS (SELECT FROM membership m WHERE m.member_id = pg_temp.id(48, p.number) AND m.role = 'lead')
    AND NOT EXISTS (SELECT FROM role_assignment r WHERE r.member_id = pg_temp.id(48, p.number));
UPDATE membership SET valid = tstzrange(lower(valid), '2025-12-31Z'), end_reason = 'left_org', version = 2, updated_at = '2025-12-31Z'
    FROM leaver l WHERE member_id = pg_temp.id(48, l.number) AND upper_inf(valid);
UPDATE affiliation SET valid = tstzrange(lower(valid), '2025-12-31Z'), version = 2, updated_at = '2025-12-31Z'
    FROM leaver l WHERE member_id = pg_temp.id(48, l.number) AND upper_inf(valid);
UPDATE member SET departed_at = '2025-12-31Z', version = 2, updated_at = '2025-12-31Z' FROM leaver l WHERE id = pg_temp.id(48, l.number);

-- what members master: one in eight one term, one in sixteen a second, of them three quarters offer help; voice chatbots at
-- twenty places; the personas
CREATE TEMP TABLE mastered AS
SELECT p.number, t.id AS term, row_number() OVER (ORDER BY p.number, t.code) AS rank
FROM person p JOIN organization o ON o.id = p.place CROSS JOIN (SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place FROM expertise_term) t
WHERE p.code IS NULL AND o.kind NOT IN ('government_partner', 'observer')
    AND CASE t.code WHEN 'chatbot-vocal' THEN p.number % 250 = 13 ELSE
        (pg_temp.draw('masters' || p.number, 8) = 0 AND t.place = pg_temp.draw('term' || p.number, 48))
        OR (pg_temp.draw('masters' || p.number, 16) = 0 AND t.place = pg_temp.draw('second' || p.number, 48)) END;
INSERT INTO member_expertise (id, member_id, term_id, level, available_to_help, last_confirmed_at, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(96, rank), pg_temp.id(48, number), term,
    (ARRAY['awareness', 'practitioner', 'practitioner', 'expert', 'expert', 'reference'])[1 + pg_temp.draw('level' || rank, 6)],
    pg_temp.draw('helps' || rank, 4) > 0, '2025-10-01Z', tstzrange('2024-01-01Z', NULL), '2024-01-01Z', '2025-10-01Z', pg_temp.id(48, number), pg_temp.id(48, number)
FROM mastered;
INSERT INTO member_expertise (id, member_id, term_id, level, available_to_help, last_confirmed_at, valid, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(97, p.number), pg_temp.id(48, p.number), t.id, s.level, s.helps, '2026-01-15Z', tstzrange('2024-01-01Z', NULL), '2024-01-01Z', '2026-01-15Z',
    pg_temp.id(48, p.number), pg_temp.id(48, p.number)
FROM person p JOIN (VALUES ('colead-dinum', 'chatbot-vocal', 'reference', true), ('lead-edito', 'editorial', 'reference', true),
    ('contributor-sociaux', 'campagne', 'expert', true), ('member', 'redaction-web', 'practitioner', true), ('deputy-34', 'crise', 'expert', false)
    ) s (code, term, level, helps) ON s.code = p.code JOIN expertise_term t ON t.code = s.term;
-- endorsed by up to three colleagues
INSERT INTO expertise_endorsement (id, expertise_id, member_id, at)
SELECT pg_temp.id(98, row_number() OVER (ORDER BY e.id, p.number)), e.id, pg_temp.id(48, p.number), '2025-11-01Z'
FROM member_expertise e JOIN person p ON p.number BETWEEN 1 AND 12 AND pg_temp.id(48, p.number) <> e.member_id
    AND p.number % 4 < pg_temp.draw('endorsed' || e.id, 4) AND p.number % 3 = pg_temp.draw('by' || e.id, 3);
UPDATE member_expertise e SET endorsements = (SELECT count(*) FROM expertise_endorsement n WHERE n.expertise_id = e.id);
-- asked of them, in the spring of 2026
INSERT INTO expertise_request (id, asker_id, expert_id, term_id, need, decision, decided_at, decline_reason, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(99, m.rank), pg_temp.id(48, a.number), pg_temp.id(48, m.number), m.term, 'Retour sur une mise en œuvre récente.', d.decision,
    CASE WHEN d.decision <> 'pending' THEN d.at + interval '2 days' END, CASE WHEN d.decision = 'declined' THEN 'Absent ce mois-ci.' END,
    d.at, d.at, pg_temp.id(48, a.number), pg_temp.id(48, a.number)
FROM mastered m JOIN person a ON a.number = 1 + m.rank % 12,
    LATERAL (SELECT (ARRAY['accepted', 'accepted', 'declined', 'withdrawn', 'pending'])[1 + pg_temp.draw('decided' || m.rank, 5)] AS decision,
        timestamptz '2026-03-01Z' + m.rank % 60 * interval '1 day' AS at) d
WHERE m.rank % 6 = 0;
INSERT INTO expertise_request (id, asker_id, expert_id, term_id, need, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(100, 1), pg_temp.id(48, a.number), pg_temp.id(48, e.number), t.id, 'Un retour sur votre chatbot vocal.', '2026-02-01Z', '2026-02-01Z',
    pg_temp.id(48, a.number), pg_temp.id(48, a.number)
FROM person a, person e, expertise_term t WHERE a.code = 'member' AND e.code = 'colead-dinum' AND t.code = 'chatbot-vocal';

-- contacts that are shared: sixty, a fourth of them services, one in five to be reviewed, one in twenty put away; three of personas
INSERT INTO contact (id, kind, given_name, name, organization_name, organization_id, role_title, email, phones, note, sharing, network_id, owner_id, review_by,
    archived_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(101, n), CASE WHEN n % 4 = 0 THEN 'service' ELSE 'person' END,
    CASE WHEN n % 4 > 0 THEN (ARRAY['Agathe', 'Basile', 'Clémence', 'Driss', 'Ève', 'Fatou', 'Gaspard'])[1 + n % 7] END,
    CASE WHEN n % 4 = 0 THEN 'Rédaction n° ' || n ELSE (ARRAY['Aubrac', 'Belmont', 'Cernay', 'Dormans', 'Eyrac'])[1 + n % 5] || (ARRAY['elle', 'in', 'et', 'eau'])[1 + n / 5 % 4] END,
    CASE WHEN n % 3 > 0 THEN 'Agence exemple n° ' || n END, CASE WHEN n % 3 = 0 THEN pg_temp.id(20, n) END,
    (ARRAY['Journaliste', 'Réalisatrice', 'Imprimeur', 'Institut d''études', 'Traductrice'])[1 + n % 5], 'contact' || n || '@agence.example',
    CASE WHEN n % 2 = 0 THEN ARRAY['+331' || lpad((50000000 + n)::text, 8, '0')] ELSE '{}' END, CASE WHEN n % 7 = 0 THEN 'À joindre le matin.' END,
    (ARRAY['organization', 'network', 'all_members'])[1 + n % 3], CASE WHEN n % 3 = 1 THEN pg_temp.network((ARRAY['edito', 'crise', 'design'])[1 + n / 3 % 3]) END,
    pg_temp.id(18, 1 + n % 11), CASE WHEN n % 5 = 0 THEN date '2025-12-31' WHEN n % 5 = 1 THEN date '2035-12-31' END,
    CASE WHEN n % 20 = 0 THEN timestamptz '2026-01-10Z' END, '2025-01-01Z', '2025-01-01Z', app.system(), app.system()
FROM generate_series(1, 60) n;
INSERT INTO contact (id, kind, given_name, name, role_title, email, sharing, network_id, owner_id, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(102, p.number), 'person', c.given, c.name, c.role, lower(c.name) || '@presse.example', c.sharing, pg_temp.network(c.network), p.place,
    '2025-06-01Z', '2025-06-01Z', pg_temp.id(48, p.number), pg_temp.id(48, p.number)
FROM person p JOIN (VALUES ('contributor-sociaux', 'Hortense', 'Lavergnat', 'Journaliste santé', 'organization', NULL),
    ('deputy-34', 'Ismaël', 'Courtanel', 'Chef d''agence locale', 'all_members', NULL), ('lead-edito', 'Joséphine', 'Marquevelle', 'Rédactrice indépendante', 'network', 'edito')
    ) c (code, given, name, role, sharing, network) ON c.code = p.code;

-- how the networks and the directorates were followed up in 2026, what was decided and who does what; édito and the DICOM of
-- the ministères sociaux begin with nothing, so that one can try it
INSERT INTO follow_up (id, axis, network_id, organization_id, held_on, health, summary, confidentiality, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(112, f.number), f.axis, f.network, f.place, f.held_on, (ARRAY['green', 'green', 'green', 'amber', 'amber', 'red'])[1 + pg_temp.draw('health' || f.number, 6)],
    (ARRAY['Point d''étape : le plan de l''année est tenu.', 'Le réseau demande un atelier commun au second semestre.', 'Deux référents restent à nommer ; relance prévue.',
        'Les outils partagés sont adoptés, la formation suit.', 'Le calendrier glisse : priorités à revoir ensemble.'])[1 + pg_temp.draw('said' || f.number, 5)],
    CASE WHEN f.axis = 'organization' AND f.number % 7 = 0 THEN 'confidential' ELSE 'normal' END,
    f.held_on + time '16:00', f.held_on + time '16:00', f.by, f.by
FROM (
    SELECT row_number() OVER (ORDER BY n.code, q) AS number, 'network' AS axis, n.id AS network, NULL::uuid AS place, date '2026-01-12' + q * 91 + pg_temp.draw(n.code, 20) AS held_on,
        (SELECT m.member_id FROM membership m WHERE m.network_id = n.id AND m.role = 'lead' ORDER BY m.id LIMIT 1) AS by
    FROM network n, generate_series(0, 3) q WHERE n.code <> 'edito'
    UNION ALL
    SELECT 100 + row_number() OVER (ORDER BY d.number, q), 'organization', NULL, pg_temp.id(18, d.number), date '2026-02-02' + q * 120 + d.number::integer,
        (SELECT pg_temp.id(48, p.number) FROM person p WHERE p.code = 'sig-coordinator')
    FROM dicom_names d, generate_series(0, 2) q WHERE d.number > 1
    UNION ALL
    SELECT 200 + row_number() OVER (ORDER BY n.code, d.number), 'network', n.id, pg_temp.id(18, d.number), date '2026-03-02' + pg_temp.draw(n.code || d.number, 200),
        (SELECT m.member_id FROM membership m WHERE m.network_id = n.id AND m.role = 'lead' ORDER BY m.id LIMIT 1)
    FROM network n, dicom_names d WHERE n.code IN ('crise', 'design', 'numerique') AND d.number > 1) f;
INSERT INTO decision (id, follow_up_id, body, decided_on, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(113, row_number() OVER (ORDER BY f.id)), f.id,
    (ARRAY['Une réunion par mois jusqu''à l''été.', 'Le guide est mis à jour avant la rentrée.', 'Un binôme tient l''astreinte.'])[1 + pg_temp.draw('decided' || f.id, 3)],
    f.held_on, f.created_at, f.created_at, f.created_by, f.created_by
FROM follow_up f WHERE pg_temp.draw('decides' || f.id, 2) = 0;
-- two of three are done, most of them in time; what is open is due in the weeks around the day of loading
INSERT INTO action_item (id, title, network_id, owner_organization_id, owner_member_id, follow_up_id, due_on, status, closed_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(114, a.number), (ARRAY['Nommer un référent', 'Transmettre le plan de communication', 'Relire le guide commun', 'Proposer deux intervenants', 'Mettre à jour la liste de diffusion',
        'Ouvrir les accès de l''équipe'])[1 + pg_temp.draw('title' || a.number, 6)],
    a.network_id, a.owner, CASE WHEN a.number % 3 = 0 THEN (SELECT r.member_id FROM role_assignment r WHERE r.organization_id = a.owner AND r.role = 'dicom_director' LIMIT 1) END,
    a.id, CASE WHEN a.done THEN a.held_on + 30 ELSE (app.clock() AT TIME ZONE 'Europe/Paris')::date - 10 + pg_temp.draw('due' || a.number, 60) END,
    CASE WHEN NOT a.done THEN 'open' WHEN a.number % 11 = 0 THEN 'cancelled' ELSE 'done' END, a.closed_at, a.created_at, coalesce(a.closed_at, a.created_at), a.created_by, a.created_by
FROM (
    SELECT f.*, f.number % 3 > 0 AS done, CASE WHEN f.number % 3 > 0 THEN f.created_at + (10 + pg_temp.draw('closed' || f.number, 30)) * interval '1 day' END AS closed_at
    FROM (SELECT f.*, coalesce(f.organization_id, pg_temp.id(18, 2 + pg_temp.draw('owes' || f.id || n, 10))) AS owner, row_number() OVER (ORDER BY f.id, n) AS number
        FROM follow_up f, generate_series(1, 2) n WHERE f.confidentiality = 'normal') f) a;
-- those who asked to join since the winter, and were taken within three weeks
CREATE TEMP TABLE joined AS
SELECT m.id, m.network_id, m.organization_id, m.affiliation_id, m.member_id, row_number() OVER (ORDER BY m.id) AS number,
    timestamptz '2025-12-05Z' + (pg_temp.draw('joined' || m.id, 340)) * interval '1 day' AS at, 1 + pg_temp.draw('waited' || m.id, 21) AS waited
FROM membership m JOIN organization o ON o.id = m.organization_id
WHERE m.role = 'member' AND upper_inf(m.valid) AND m.network_id <> pg_temp.network('edito') AND m.organization_id <> pg_temp.id(18, 1) AND m.member_id >= pg_temp.id(48, 15)
    AND lower(m.valid) = '2022-03-01Z' AND pg_temp.draw('joins' || m.id, 60) = 0;
UPDATE membership m SET valid = tstzrange(j.at + j.waited * interval '1 day', NULL), last_reviewed_at = NULL, created_at = j.at + j.waited * interval '1 day',
    updated_at = j.at + j.waited * interval '1 day', created_by = j.member_id, updated_by = j.member_id
FROM joined j WHERE j.id = m.id;
INSERT INTO membership_request (id, network_id, kind, organization_id, affiliation_id, member_id, role, justification, notification_level, person_decision, person_decided_at,
    network_decision, network_decided_at, network_decided_by, expires_at, membership_id, version, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(115, number), network_id, 'request', organization_id, affiliation_id, member_id, 'member', 'Je tiens ce sujet dans mon service.', 'digest', 'accepted', at,
    'accepted', at + waited * interval '1 day', (SELECT l.member_id FROM membership l WHERE l.network_id = joined.network_id AND l.role = 'lead' ORDER BY l.id LIMIT 1),
    at + interval '30 days', id, 2, at, at + waited * interval '1 day', member_id, member_id
FROM joined;
-- the review of the winter, in every network but one
INSERT INTO membership_review (id, network_id, due_on, closed_at, version, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(116, row_number() OVER (ORDER BY code)), id, '2026-01-31', '2026-02-01Z', 2, '2026-01-05Z', '2026-02-01Z', app.system(), app.system()
FROM network WHERE code <> 'edito';
INSERT INTO membership_review_answer (review_id, membership_id, outcome, answered_at, answered_by)
SELECT r.id, m.id, 'keep', m.last_reviewed_at, (SELECT l.member_id FROM membership l WHERE l.network_id = m.network_id AND l.role = 'lead' ORDER BY l.id LIMIT 1)
FROM membership m JOIN membership_review r ON r.network_id = m.network_id WHERE m.last_reviewed_at IS NOT NULL;

-- the service account of the ministère de l'Intérieur's directory
INSERT INTO source (id, code, kind) VALUES (pg_temp.id(80, 1), 'annuaire-mi', 'scim');
INSERT INTO principal (id, kind, created_at) VALUES (pg_temp.id(80, 2), 'service_account', '2022-01-01Z');
INSERT INTO service_account (id, name, organization_id, owner_id, source_id, scopes, expires_at, created_at)
SELECT pg_temp.id(80, 2), 'bot-mi', l.to_id, r.member_id, pg_temp.id(80, 1),
    ARRAY['directory:read', 'directory:write', 'networks:read'], '2036-01-01Z', '2022-01-01Z'
FROM role_assignment r JOIN organization_link l ON l.from_id = r.organization_id AND l.kind = 'serves'
WHERE l.to_id = pg_temp.organization('MI') AND r.role = 'dicom_director' ORDER BY r.id LIMIT 1;

INSERT INTO external_id (noun, source_id, value, object_id)
SELECT 'persona', s.id, p.code, pg_temp.id(48, p.number) FROM person p, source s WHERE p.code IS NOT NULL AND s.code = 'demo'
UNION ALL SELECT 'persona', s.id, 'bot-mi', pg_temp.id(80, 2) FROM source s WHERE s.code = 'demo';
DROP TABLE ministry_names, dicom_names, person, place, sitting, leaver, mastered, joined;
