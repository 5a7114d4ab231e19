#!/bin/sh
# PostgreSQL runs this once, when it first sets its data up: the users that only read, Grafana
# published runs and statistics of statements, the exporter those of the server.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$POSTGRES_READER_PASSWORD" <<'SQL'
CREATE SCHEMA headtohead;
CREATE ROLE grafana LOGIN PASSWORD :'password' CONNECTION LIMIT 20;
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
CREATE EXTENSION pg_stat_statements;
GRANT pg_read_all_stats TO grafana;
GRANT USAGE ON SCHEMA headtohead TO grafana;
ALTER DEFAULT PRIVILEGES IN SCHEMA headtohead GRANT SELECT ON TABLES TO grafana;
CREATE ROLE exporter LOGIN PASSWORD :'password' CONNECTION LIMIT 5;
GRANT pg_monitor TO exporter;
SQL
