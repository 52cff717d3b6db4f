-- two of three are done, most of them in time; what is open is due in the weeks around the day of loading
INSERT INTO action_item (id, title, network_id, owner_organization_id, owner_member_id, follow_up_id, due_on, status, closed_at, created_at, updated_at, created_by, updated_by)
SELECT pg_temp.id(114, a.number), (ARRAY['Nommer un référent', 'Transmettre le plan de communication', 'Relire le guide commun', 'Proposer deux intervenants', 'Mettre à jour la liste de diffusion',
        'Ouvrir les accès de l''équipe'])[1 + pg_temp.draw('title' || a.number, 6)],
    a.network_id, a.owner, CASE WHEN a.number % 3 = 0 THEN (SELECT r.member_id FROM role_assignment r WHERE r.organization_id = a.owner AND r.role = 'dicom_director' LIMIT 1) END,
    a.id, CASE WHEN a.done THEN a.held_on + 30 ELSE (app.clock() AT TIME ZONE 'Europe/Paris')::date - 10 + pg_temp.draw('due' || a.number, 60) END,
    CASE WHEN NOT a.done THEN 'open' WHEN a.number % 11 = 0 THEN 'cancelled' ELSE 'done' END, a.closed_at, a.created_at, coalesce(a.closed_at, a.created_at), a.created_by, a.created_by
FROM (
    SELECT f.*, f.number % 3 > 0 AS done, CASE WHEN f.number % 3 > 0 THEN f.created_at + (10 + pg_temp.draw('closed' || f.number, 30)) * interval '1 day' END AS closed_at
    FROM (SELECT f.*, coalesce(f.organization_id, pg_temp.id(18, 2 + pg_temp.draw('owes' || f.id || n, 10))) AS owner, row_number() OVER (ORDER BY f.id, n) AS number
        FROM follow_up f, generate_series(1, 2) n WHERE f.confidentiality = 'normal') f) a;
