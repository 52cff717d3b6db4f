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
