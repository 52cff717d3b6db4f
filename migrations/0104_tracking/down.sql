DROP TABLE network_score, network_criterion, indicator_total, indicator_cell, indicator_publication, tracking_cell;
-- What went with the tables is applied again by the next `migrate`.
DELETE FROM app.sql_file;
