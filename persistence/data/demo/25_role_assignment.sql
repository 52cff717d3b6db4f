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

