"""What requests ask of PostgreSQL, and how it fares."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import stat, table, timeseries

from dashboards.colours import NEUTRAL
from dashboards.panels import (
    colour_property,
    coloured,
    dashed,
    glance_panel,
    series_panel,
    table_panel,
    unit_property,
    wide,
)
from dashboards.queries import IDENTITY, Sql, promql


def query_rate() -> stat.Panel:
    """How much the database is asked."""
    return glance_panel(
        title="Queries a second",
        description="Database queries made to answer requests.",
        unit="ops",
    ).with_target(promql(f"sum({_rate('database_queries_total')})", legend="queries"))


def time_share() -> stat.Panel:
    """How much of requests' time goes there."""
    share = f"sum({_rate('database_seconds_total')}) / sum({_rate('request_duration_seconds_sum')})"
    return glance_panel(
        title="Time in the database",
        description="The part of requests' time that is spent waiting for the database. Above "
        "a half, faster queries help most; below a tenth, look for the time in Python.",
        unit="percentunit",
    ).with_target(promql(share, legend="database"))


def queries_by_experiment() -> timeseries.Panel:
    """Who asks the database."""
    return series_panel(
        title="Queries by experiment",
        description="Database queries a second by experiment; none is traffic outside of any.",
        unit="ops",
    ).with_target(
        promql(f"sum by (experiment) ({_rate('database_queries_total')})", legend="{{experiment}}")
    )


def queries_per_request(colours: Mapping[str, str]) -> timeseries.Panel:
    """How many queries it takes."""
    queries, requests = (
        f"sum by (experiment, variant) ({_rate(each)})"
        for each in ("database_queries_total", "request_duration_seconds_count")
    )
    panel = series_panel(
        title="Queries per request by variant",
        description="By experiment and variant. A line that rises with the number of rows is an "
        "N+1: h2h explain names the code that asks.",
        unit="none",
    ).with_target(promql(f"{queries} / {requests}", legend=IDENTITY))
    return coloured(panel, colours)


def time_share_by_experiment(colours: Mapping[str, str]) -> timeseries.Panel:
    """Whose time the database takes."""
    database, all_ = (
        f"sum by (experiment, variant) ({_rate(each)})"
        for each in ("database_seconds_total", "request_duration_seconds_sum")
    )
    panel = (
        series_panel(
            title="Time in the database by variant",
            description="The part of a request's time that is spent waiting for the database, by "
            "experiment and variant.",
            unit="percentunit",
        )
        .max(1)
        .with_target(promql(f"{database} / {all_}", legend=IDENTITY))
    )
    return coloured(panel, colours)


def connections() -> timeseries.Panel:
    """How many clients the database has, and may have."""
    return (
        series_panel(
            title="Connections",
            description="Open connections to PostgreSQL by database, and the most it accepts "
            "(dashes). Near that line new clients are refused: fewer workers, or a pooler.",
            unit="none",
        )
        .with_target(
            promql(
                'sum by (datname) (pg_stat_database_numbackends{datname!=""})',
                legend="{{datname}}",
                ref="A",
            )
        )
        .with_target(promql("max(pg_settings_max_connections)", legend="most", ref="B"))
        .override_by_name("most", [colour_property(NEUTRAL), dashed(8)])
    )


def slowest_statements() -> table.Panel:
    """Where the database's time goes."""
    return (
        table_panel(
            title="Slowest statements",
            description="The statements that took most time in all since statistics began, values "
            "left out. Many calls of a fast one are an N+1; few calls of a slow one want an index. "
            "Those that ask PostgreSQL of itself, as monitoring does, are not listed.",
            unit="ms",
        )
        .height(9)
        .override_by_regexp("/^(Calls|Total|Mean|Share|Rows)$/", [wide(110)])
        .override_by_regexp("/^(Calls|Rows)$/", [unit_property("none")])
        .override_by_name("Share", [unit_property("percentunit")])
        .with_target(
            Sql(
                text="""\
SELECT regexp_replace(query, '\\s+', ' ', 'g') AS "Statement", calls AS "Calls",
  total_exec_time AS "Total", mean_exec_time AS "Mean",
  total_exec_time / sum(total_exec_time) OVER () AS "Share", rows AS "Rows"
FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
WHERE datname = current_database() AND query !~ '\\mpg_(database|settings|stat|catalog)'
ORDER BY total_exec_time DESC
LIMIT 20"""
            )
        )
    )


def _rate(metric: str) -> str:
    return f"rate(headtohead_{metric}[$__rate_interval])"
