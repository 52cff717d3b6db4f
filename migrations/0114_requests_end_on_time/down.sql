DELETE FROM task WHERE kind = 'end_request';
ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check CHECK (kind IN ('send', 'publish_indicators'));
