#!/bin/bash
# The two roles of the database: the owner migrates, the application neither changes tables nor passes over a policy.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
CREATE ROLE diapason_owner LOGIN PASSWORD :'owner';
CREATE ROLE diapason_app LOGIN PASSWORD :'app';
CREATE DATABASE diapason OWNER diapason_owner;
SQL
