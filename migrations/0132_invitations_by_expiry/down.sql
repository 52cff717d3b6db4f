DROP INDEX CONCURRENTLY IF EXISTS invitation_expires_at_idx;
