-- The tasks of a lane that are due, found without reading those of the others. Version 0.3.0 still takes its own by task_due_idx.
CREATE INDEX CONCURRENTLY IF NOT EXISTS task_kind_due_at_idx ON task (kind, due_at, position) WHERE done_at IS NULL;
