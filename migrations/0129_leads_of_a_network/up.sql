CREATE INDEX CONCURRENTLY IF NOT EXISTS membership_lead_idx ON membership (network_id) WHERE role IN ('lead', 'co_lead');
