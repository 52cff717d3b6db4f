-- On a table that is written to all the time: it stands alone, and keeps nobody waiting.
CREATE INDEX CONCURRENTLY IF NOT EXISTS membership_sample_idx ON membership (network_id, created_at);
