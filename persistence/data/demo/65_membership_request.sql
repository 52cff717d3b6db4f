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
