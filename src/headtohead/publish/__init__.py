"""Records in PostgreSQL tables, where Grafana and anybody's SQL read them."""
