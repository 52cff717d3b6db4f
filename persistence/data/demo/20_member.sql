-- members: the personas first, then the others
CREATE TEMP TABLE person (number integer, code text, given text, usual text, place uuid, profession text, fonction text);
INSERT INTO person VALUES
    (1, 'sig-admin', 'Aline', 'Vertval', pg_temp.organization('SIG'), 'communicator', 'Administratrice de Diapason'),
    (2, 'sig-coordinator', 'Bastien', 'Corvelle', pg_temp.organization('SIG'), 'communicator', 'Coordinateur des réseaux'),
    (3, 'auditor', 'Colette', 'Marsange', pg_temp.organization('IGCE'), 'communicator', 'Inspectrice'),
    (4, 'lead-edito', 'Damien', 'Fleurac', pg_temp.organization('DICOM Écologie'), 'editor', 'Responsable éditorial'),
    (5, 'colead-dinum', 'Estelle', 'Brévigne', pg_temp.organization('DINUM'), 'designer', 'Responsable du design'),
    (6, 'colead-interieur', 'Fabien', 'Ostreval', pg_temp.organization('MI'), 'communicator', 'Chargé des préfectures'),
    (7, 'referent-34', 'Gaëlle', 'Pérignan', pg_temp.organization('Préfecture de l''Hérault'), 'communicator', 'Cheffe du bureau de la communication'),
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
    (ARRAY['Responsable de la communication', 'Responsable des sites internet', 'Responsable de pôle', 'Responsable de projet', 'Responsable de bureau', 'Responsable de mission'])[1 + pg_temp.draw('position' || n, 6)]
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

