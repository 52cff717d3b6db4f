-- how the networks and the directorates were followed up in 2026, what was decided and who does what; édito and the DICOM of
-- the ministères sociaux begin with nothing, so that one can try it
INSERT INTO follow_up (id, axis, network_id, organization_id, held_on, health, summary, confidentiality, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(112, f.number), f.axis, f.network, f.place, f.held_on, (ARRAY['green', 'green', 'green', 'amber', 'amber', 'red'])[1 + pg_temp.draw('health' || f.number, 6)],
    (ARRAY['Point d’étape : le plan de l’année est tenu.', 'Le réseau demande un atelier commun au second semestre.', 'Deux référents restent à nommer ; relance prévue.',
        'Les outils partagés sont adoptés, la formation suit.', 'Le calendrier glisse : priorités à revoir ensemble.'])[1 + pg_temp.draw('said' || f.number, 5)],
    CASE WHEN f.axis = 'organization' AND f.number % 7 = 0 THEN 'confidential' ELSE 'normal' END,
    f.held_on + time '16:00', f.held_on + time '16:00', f.by, f.by
FROM (
    SELECT row_number() OVER (ORDER BY n.code, q) AS number, 'network' AS axis, n.id AS network, NULL::uuid AS place, date '2026-01-12' + q * 91 + pg_temp.draw(n.code, 20) AS held_on,
        (SELECT m.member_id FROM membership m WHERE m.network_id = n.id AND m.role = 'lead' ORDER BY m.id LIMIT 1) AS by
    FROM network n, generate_series(0, 3) q WHERE n.code <> 'edito'
    UNION ALL
    SELECT 100 + row_number() OVER (ORDER BY d.number, q), 'organization', NULL, pg_temp.id(18, d.number), date '2026-02-02' + q * 120 + d.number::integer,
        (SELECT pg_temp.id(48, p.number) FROM person p WHERE p.code = 'sig-coordinator')
    FROM dicom_names d, generate_series(0, 2) q WHERE d.number > 1
    UNION ALL
    SELECT 200 + row_number() OVER (ORDER BY n.code, d.number), 'network', n.id, pg_temp.id(18, d.number), date '2026-03-02' + pg_temp.draw(n.code || d.number, 200),
        (SELECT m.member_id FROM membership m WHERE m.network_id = n.id AND m.role = 'lead' ORDER BY m.id LIMIT 1)
    FROM network n, dicom_names d WHERE n.code IN ('crise', 'design', 'numerique') AND d.number > 1) f;
INSERT INTO decision (id, follow_up_id, body, decided_on, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(113, row_number() OVER (ORDER BY f.id)), f.id,
    (ARRAY['Une réunion par mois jusqu’à l’été.', 'Le guide est mis à jour avant la rentrée.', 'Un binôme tient l’astreinte.'])[1 + pg_temp.draw('decided' || f.id, 3)],
    f.held_on, f.created_at, f.created_at, f.created_by, f.created_by
FROM follow_up f WHERE pg_temp.draw('decides' || f.id, 2) = 0;
