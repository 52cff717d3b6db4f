-- All that the memberships of a network are counted by, so that counting reads no row.
CREATE INDEX CONCURRENTLY IF NOT EXISTS membership_counted_idx ON membership (network_id)
    INCLUDE (valid, role, organization_kind, organization_id, member_id);
