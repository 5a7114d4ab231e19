"""What django-prometheus counts by database, cache backend and model."""

from grafana_foundation_sdk.builders import timeseries

from dashboards.panels import dashed, series_panel
from dashboards.queries import promql

# The reference API leaves this out where requests may be measured.
OFF = "Nothing is counted (DATABASE_METRICS is off)"


def statements() -> timeseries.Panel:
    """How much each database is asked, by whomever in the project."""
    return (
        series_panel(
            title="Statements by database",
            description="Statements a second that Django sends to each database, those of tasks "
            "and commands included. Many more than the queries of requests above mean that tasks "
            "are what the database works for.",
            unit="ops",
        )
        .no_value(OFF)
        .with_target(
            promql(
                f"sum by (alias, vendor) ({_rate('db_execute_total')})",
                legend="{{alias}} ({{vendor}})",
            )
        )
    )


def statement_times() -> timeseries.Panel:
    """How long a statement takes."""
    panel = series_panel(
        title="Statement time by database",
        description="Half of the statements take less time than the line, nineteen of twenty less "
        "than the dashes; as coarse as the histogram's buckets. Where only the dashes rise, some "
        "statements wait for locks or scan what has grown.",
        unit="s",
    ).no_value(OFF)
    buckets = f"sum by (le, alias) ({_rate('db_query_duration_seconds_bucket')})"
    for ref, (quantile, name) in {"A": (0.5, "p50"), "B": (0.95, "p95")}.items():
        quantiles = f"histogram_quantile({quantile}, {buckets})"
        panel.with_target(promql(quantiles, legend=f"{{{{alias}}}} {name}", ref=ref))
    return panel.override_by_regexp("/ p95$/", [dashed(8)])


def new_connections() -> timeseries.Panel:
    """Whether connections are kept."""
    return (
        series_panel(
            title="New connections by database",
            description="Connections a second that Django opens. About zero where they are kept; "
            "as many as there are requests means that each opens its own: see CONN_MAX_AGE.",
            unit="ops",
        )
        .no_value(OFF)
        .with_target(
            promql(f"sum by (alias) ({_rate('db_new_connections_total')})", legend="{{alias}}")
        )
    )


def lookups() -> timeseries.Panel:
    """What becomes of lookups in each kind of cache."""
    panel = series_panel(
        title="Cache lookups by backend",
        description="Lookups a second that found a value (line) and that did not (dashes), by the "
        "kind of cache. Dashes above the line: it is cold, too small or invalidated too often.",
        unit="ops",
    )
    for ref, (metric, name) in {
        "A": ("cache_get_hits_total", "hits"),
        "B": ("cache_get_misses_total", "misses"),
    }.items():
        panel.with_target(
            promql(f"sum by (backend) ({_rate(metric)})", legend=f"{{{{backend}}}} {name}", ref=ref)
        )
    return panel.override_by_regexp("/ misses$/", [dashed(8)])


def changes() -> timeseries.Panel:
    """Which models are written."""
    operations = (
        f"sum by (model) ({_rate(f'model_{operation}_total')})"
        for operation in ("inserts", "updates", "deletes")
    )
    return (
        series_panel(
            title="Changes by model",
            description="Instances a second that are saved or deleted one by one, by model; what "
            "changes many rows in one statement is not counted. What is written often is what "
            "caches are invalidated for.",
            unit="ops",
        )
        .span(24)
        .no_value(OFF)
        .with_target(promql(" + ".join(operations), legend="{{model}}"))
    )


def _rate(metric: str) -> str:
    return f"rate(django_{metric}[$__rate_interval])"
