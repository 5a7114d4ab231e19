"""Database and cache: what requests ask of them, and how the two servers fare."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models.common import BigValueGraphMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import runs
from dashboards.colours import NEUTRAL, PALETTE, variant_colours
from dashboards.page import Section, page, postgres_variable, prometheus_variable
from dashboards.panels import (
    colour_property,
    coloured,
    dashed,
    on_the_right,
    series_panel,
    stat_panel,
    table_panel,
    unit_property,
)
from dashboards.queries import Sql, promql
from headtohead.experiment import Experiment

UID = "database-and-cache"

# Begins with what its colour follows from.
VARIANT = "{{variant}} of {{experiment}}"


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
                panels=[query_rate(), time_share(), hit_ratio(), evictions()],
            ),
            Section(
                title="Database",
                panels=[
                    queries_by_experiment(),
                    queries_per_request(colours),
                    time_share_by_experiment(colours),
                    connections(),
                    slowest_statements(),
                ],
            ),
            Section(
                title="Cache",
                panels=[
                    hit_ratio_by_experiment(colours),
                    lookups_and_invalidations(),
                    memory_and_evictions(),
                    commands(),
                ],
            ),
        ],
    )


def query_rate() -> stat.Panel:
    """How much the database is asked."""
    return (
        stat_panel(
            title="Queries a second",
            description="Database queries made to answer requests.",
            unit="ops",
        )
        .graph_mode(BigValueGraphMode.AREA)
        .with_target(promql(f"sum({_rate('database_queries_total')})", legend="queries"))
    )


def time_share() -> stat.Panel:
    """How much of requests' time goes there."""
    share = f"sum({_rate('database_seconds_total')}) / sum({_rate('request_duration_seconds_sum')})"
    return (
        stat_panel(
            title="Time in the database",
            description="The part of requests' time that is spent waiting for the database. Above "
            "a half, faster queries help most; below a tenth, look for the time in Python.",
            unit="percentunit",
        )
        .graph_mode(BigValueGraphMode.AREA)
        .with_target(promql(share, legend="database"))
    )


def hit_ratio() -> stat.Panel:
    """How much of what is looked up is there."""
    hits, misses = f"sum({_rate('cache_hits_total')})", f"sum({_rate('cache_misses_total')})"
    return (
        stat_panel(
            title="Cache hits",
            description="Cache lookups that found a value, of all lookups.",
            unit="percentunit",
        )
        .no_value("no lookups")
        .graph_mode(BigValueGraphMode.AREA)
        .with_target(promql(f"{hits} / ({hits} + {misses})", legend="hits"))
    )


def evictions() -> stat.Panel:
    """Whether the cache is too small."""
    return (
        stat_panel(
            title="Evictions",
            description="Keys a second that Valkey drops because its memory is full. Above zero "
            "the cache is too small for what is put into it: raise maxmemory or shorten timeouts.",
            unit="ops",
        )
        .graph_mode(BigValueGraphMode.AREA)
        .with_target(
            promql("sum(rate(redis_evicted_keys_total[$__rate_interval]))", legend="evictions")
        )
    )


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
    ).with_target(promql(f"{queries} / {requests}", legend=VARIANT))
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
        .with_target(promql(f"{database} / {all_}", legend=VARIANT))
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
            "left out. Many calls of a fast one are an N+1; few calls of a slow one want an index.",
            unit="ms",
        )
        .height(9)
        .override_by_name("Calls", [unit_property("none")])
        .override_by_name("Rows", [unit_property("none")])
        .override_by_name("Share", [unit_property("percentunit")])
        .with_target(
            Sql(
                text="""\
SELECT regexp_replace(query, '\\s+', ' ', 'g') AS "Statement", calls AS "Calls",
  total_exec_time AS "Total", mean_exec_time AS "Mean",
  total_exec_time / sum(total_exec_time) OVER () AS "Share", rows AS "Rows"
FROM pg_stat_statements
ORDER BY total_exec_time DESC
LIMIT 20"""
            )
        )
    )


def hit_ratio_by_experiment(colours: Mapping[str, str]) -> timeseries.Panel:
    """Who finds what is looked up."""
    hits, misses = (
        f"sum by (experiment, variant) ({_rate(each)})"
        for each in ("cache_hits_total", "cache_misses_total")
    )
    panel = (
        series_panel(
            title="Cache hits by variant",
            description="Cache lookups that found a value, of all, by experiment and variant. "
            "Those that look nothing up have no line.",
            unit="percentunit",
        )
        .max(1)
        .no_value("No lookups")
        .with_target(promql(f"{hits} / ({hits} + {misses})", legend=VARIANT))
    )
    return coloured(panel, colours)


def lookups_and_invalidations() -> timeseries.Panel:
    """How often the cache is read, and how often its content is thrown away."""
    series = {
        "A": ("hits", "cache_hits_total", PALETTE[2]),
        "B": ("misses", "cache_misses_total", PALETTE[1]),
        "C": ("invalidations", "cache_invalidations_total", PALETTE[3]),
    }
    panel = series_panel(
        title="Lookups and invalidations",
        description="Cache lookups a second that found a value and that did not, and keys that "
        "were deleted because their data changed. Misses that follow invalidations are expected; "
        "misses without any mean that values expire or are evicted.",
        unit="ops",
    )
    for ref, (name, metric, colour) in series.items():
        panel.with_target(promql(f"sum({_rate(metric)})", legend=name, ref=ref))
        panel.override_by_name(name, [colour_property(colour)])
    return panel


def memory_and_evictions() -> timeseries.Panel:
    """How full the cache is."""
    return (
        series_panel(
            title="Memory and evictions",
            description="What Valkey keeps in memory, and on the right the keys a second that it "
            "drops because that is full.",
            unit="bytes",
        )
        .with_target(promql("sum(redis_memory_used_bytes)", legend="memory", ref="A"))
        .with_target(
            promql(
                "sum(rate(redis_evicted_keys_total[$__rate_interval]))",
                legend="evictions",
                ref="B",
            )
        )
        .override_by_name("memory", [colour_property(PALETTE[0])])
        .override_by_name("evictions", on_the_right(unit="ops", label="evictions"))
    )


def commands() -> timeseries.Panel:
    """What Valkey is asked, by whomever."""
    return (
        series_panel(
            title="Valkey's commands",
            description="Commands a second that Valkey carries out, and on the right its clients. "
            "Commands without lookups of the application come from the broker's queue.",
            unit="ops",
        )
        .with_target(
            promql(
                "sum(rate(redis_commands_processed_total[$__rate_interval]))",
                legend="commands",
                ref="A",
            )
        )
        .with_target(promql("sum(redis_connected_clients)", legend="clients", ref="B"))
        .override_by_name("commands", [colour_property(PALETTE[0])])
        .override_by_name("clients", on_the_right(unit="none", label="clients"))
    )


def _rate(metric: str) -> str:
    return f"rate(headtohead_{metric}[$__rate_interval])"
