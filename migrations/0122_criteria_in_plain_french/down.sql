UPDATE network_criterion c SET label = n.before
FROM (VALUES
    ('lead', 'Au moins un animateur en exercice', 'Au moins une personne pour animer le réseau'),
    ('objectives', 'Objectifs de l''année revus', 'Objectifs revus depuis moins d’un an'),
    ('reviews', 'Adhésions revues dans l''année', 'Adhésions revues depuis moins d’un an'),
    ('referents', 'Sièges de référent pourvus', 'Sièges de référent ou référente pourvus'),
    ('rex', 'Un retour d''expérience par trimestre', 'Un retour d’expérience par trimestre'),
    ('reporting', 'Remontées rendues à l''heure', 'Remontées transmises dans les délais')
) AS n (code, before, after)
WHERE c.code = n.code AND c.label = n.after;
