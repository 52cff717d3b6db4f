DROP INDEX CONCURRENTLY IF EXISTS audit_event_on_behalf_of_idx;
