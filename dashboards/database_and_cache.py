"""Database and cache: what requests ask of them, and how the two servers fare."""

from collections.abc import Sequence

from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import cache, counted, database, runs
from dashboards.colours import variant_colours
from dashboards.page import Section, page, postgres_variable, prometheus_variable
from headtohead.experiment import Experiment

UID = "database-and-cache"


def database_and_cache(experiments: Sequence[Experiment]) -> Dashboard:
    """The dashboard of PostgreSQL and Valkey."""
    colours = variant_colours(experiments)
    return page(
        uid=UID,
        title="Database and cache",
        description="What requests ask of the database and the cache, and how the two fare.",
        since="now-1h",
        refresh="30s",
        variables=[prometheus_variable(), postgres_variable()],
        annotations=[runs.published()],
        sections=[
            Section(
                title="At a glance",
                panels=[
                    database.query_rate(),
                    database.time_share(),
                    cache.hit_ratio(),
                    cache.evictions(),
                ],
            ),
            Section(
                title="Database",
                panels=[
                    database.queries_by_experiment(),
                    database.queries_per_request(colours),
                    database.time_share_by_experiment(colours),
                    database.connections(),
                    database.slowest_statements(),
                ],
            ),
            Section(
                title="Cache",
                panels=[
                    cache.hit_ratio_by_experiment(colours),
                    cache.lookups_and_invalidations(),
                    cache.memory_and_evictions(),
                    cache.commands(),
                ],
            ),
            Section(
                title="By database, cache backend and model",
                panels=[
                    counted.statements(),
                    counted.statement_times(),
                    counted.new_connections(),
                    counted.lookups(),
                    counted.changes(),
                ],
            ),
        ],
    )
