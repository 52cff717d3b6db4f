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
    CASE WHEN n % 5 > 0 THEN pg_temp.id(16, 1 + n % 14) END, 'https://operateur' || n || '.example/', '2021-01-01Z',
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

