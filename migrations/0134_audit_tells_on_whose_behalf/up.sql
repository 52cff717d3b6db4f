-- A service account that holds a person's session acts on behalf of that person: the line names both.
ALTER TABLE audit_event ADD COLUMN on_behalf_of uuid;
