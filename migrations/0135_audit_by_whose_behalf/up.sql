-- The lines of a person, those of the services that acted on their behalf among them.
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_event_on_behalf_of_idx ON audit_event (on_behalf_of, position)
    WHERE on_behalf_of IS NOT NULL;
