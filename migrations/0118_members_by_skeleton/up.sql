CREATE INDEX CONCURRENTLY IF NOT EXISTS member_skeleton_idx ON member (skeleton, activated_at, id);
