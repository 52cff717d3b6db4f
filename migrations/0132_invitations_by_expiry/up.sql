CREATE INDEX CONCURRENTLY IF NOT EXISTS invitation_expires_at_idx ON invitation (expires_at);
