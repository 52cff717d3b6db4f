CREATE INDEX CONCURRENTLY IF NOT EXISTS membership_request_expires_at_idx ON membership_request (expires_at);
