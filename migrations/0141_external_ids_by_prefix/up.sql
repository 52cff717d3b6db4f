CREATE INDEX CONCURRENTLY IF NOT EXISTS external_id_prefix_idx ON external_id (noun, source_id, value text_pattern_ops);
