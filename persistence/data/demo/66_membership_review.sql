-- the review of the winter, in every network but one
INSERT INTO membership_review (id, network_id, due_on, closed_at, version, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(116, row_number() OVER (ORDER BY code)), id, '2026-01-31', '2026-02-01Z', 2, '2026-01-05Z', '2026-02-01Z', app.system(), app.system()
FROM network WHERE code <> 'edito';
INSERT INTO membership_review_answer (review_id, membership_id, outcome, answered_at, answered_by)
SELECT r.id, m.id, 'keep', m.last_reviewed_at, (SELECT l.member_id FROM membership l WHERE l.network_id = m.network_id AND l.role = 'lead' ORDER BY l.id LIMIT 1)
FROM membership m JOIN membership_review r ON r.network_id = m.network_id WHERE m.last_reviewed_at IS NOT NULL;

