-- the service account of the ministère de l'Intérieur's directory
INSERT INTO source (id, code, kind) VALUES (pg_temp.id(80, 1), 'annuaire-mi', 'scim');
INSERT INTO principal (id, kind, created_at) VALUES (pg_temp.id(80, 2), 'service_account', '2022-01-01Z');
INSERT INTO service_account (id, name, organization_id, owner_id, source_id, scopes, expires_at, created_at)
SELECT pg_temp.id(80, 2), 'bot-mi', l.to_id, r.member_id, pg_temp.id(80, 1),
    ARRAY['directory:read', 'directory:write', 'networks:read'], '2036-01-01Z', '2022-01-01Z'
FROM role_assignment r JOIN organization_link l ON l.from_id = r.organization_id AND l.kind = 'serves'
WHERE l.to_id = pg_temp.organization('MI') AND r.role = 'dicom_director' ORDER BY r.id LIMIT 1;

