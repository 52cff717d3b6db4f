DROP INDEX CONCURRENTLY IF EXISTS membership_counted_idx;
