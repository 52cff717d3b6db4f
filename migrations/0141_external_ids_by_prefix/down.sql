DROP INDEX CONCURRENTLY IF EXISTS external_id_prefix_idx;
