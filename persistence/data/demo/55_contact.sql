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

