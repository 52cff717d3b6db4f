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

