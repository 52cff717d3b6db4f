-- With the schema go all functions of persistence/sql, and their triggers.
DROP VIEW history, change_event;
DROP TABLE idempotency_key, change, epoch, audit_event, external_id, source, identity, principal;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE ON TABLES FROM diapason_app;
DROP SCHEMA app CASCADE;
DROP EXTENSION btree_gist, pg_trgm, unaccent;
