-- With the schema go all functions of persistence/sql, and their triggers.
DROP TABLE idempotency_key, history, change_event, epoch, audit_event, external_id, source, identity, principal;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE ON TABLES FROM diapason_app;
DROP SCHEMA app CASCADE;
DROP EXTENSION btree_gist, pg_trgm, unaccent;
