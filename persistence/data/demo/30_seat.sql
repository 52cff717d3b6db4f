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

