"""How a measurement of the chosen experiment goes: effect, load and causes over time."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import heatmap, timeseries

from dashboards.panels import (
    coloured,
    dashed,
    heat_panel,
    on_the_right,
    series_panel,
    with_bands,
    with_line,
)
from dashboards.queries import promql, promql_heat
from headtohead.experiment import Experiment

MEASURED = 'experiment="$experiment"'


def ratio_so_far(experiments: Sequence[Experiment], colours: Mapping[str, str]) -> timeseries.Panel:
    """How the estimate and its interval settle."""
    panel = (
        series_panel(
            title="Ratio so far",
            description="Variant / baseline with its 95 % interval as pairs come in; the line at 1 "
            "is no difference. The band narrows and the line stays within it. A line that wanders "
            "off means that the machine or the data changed meanwhile: measure again.",
            unit="none",
        )
        .decimals(3)
        .axis_soft_max(1.1)
    )
    for ref, (metric, suffix) in {
        "A": ("headtohead_run_ratio", ""),
        "B": ("headtohead_run_ratio_low", " low"),
        "C": ("headtohead_run_ratio_high", " high"),
    }.items():
        chosen = f'{metric}{{{MEASURED},metric=~"latency|throughput"}}'
        panel.with_target(
            promql(f"max by (variant) ({chosen})", legend=f"{{{{variant}}}}{suffix}", ref=ref)
        )
    names = {variant.name for experiment in experiments for variant in experiment.variants}
    return with_line(with_bands(coloured(panel, colours), sorted(names)), at=1)


def response_times(colours: Mapping[str, str]) -> timeseries.Panel:
    """The percentiles that a client sees."""
    panel = series_panel(
        title="Response times",
        description="What the client waits: the median (line), p95 (dashes) and p99 (dots), read "
        "off a histogram and so as coarse as its buckets. Where p99 leaves p95 behind, a few "
        "requests wait for something that others do not: see Saturation on the API's dashboard.",
        unit="s",
    )
    for ref, (quantile, name) in {
        "A": (0.5, "p50"),
        "B": (0.95, "p95"),
        "C": (0.99, "p99"),
    }.items():
        buckets = (
            f"rate(headtohead_generator_response_seconds_bucket{{{MEASURED}}}[$__rate_interval])"
        )
        panel.with_target(
            promql(
                f"histogram_quantile({quantile}, sum by (le, variant) ({buckets}))",
                legend=f"{{{{variant}}}} {name}",
                ref=ref,
            )
        )
    panel.override_by_regexp("/ p95$/", [dashed(8)]).override_by_regexp("/ p99$/", [dashed(2)])
    return coloured(panel.span(16).height(14), colours)


def throughput(colours: Mapping[str, str]) -> timeseries.Panel:
    """What the users get, and how many they are."""
    panel = (
        series_panel(
            title="Throughput and users",
            description="Requests a second to each variant, and on the right how many users send "
            "them. In latency mode one user asks each variant as often, so that equal lines are "
            "right; in throughput mode the higher line wins.",
            unit="reqps",
        )
        .with_target(
            promql(
                "sum by (variant) "
                f"(rate(headtohead_generator_requests_total{{{MEASURED}}}[$__rate_interval]))",
                legend="{{variant}}",
                ref="A",
            )
        )
        .with_target(
            promql(f"max(headtohead_generator_users{{{MEASURED}}})", legend="users", ref="B")
        )
        .override_by_name("users", on_the_right(unit="none", label="users"))
    )
    return coloured(panel, colours)


def pairs(colours: Mapping[str, str]) -> timeseries.Panel:
    """What the estimate rests on so far."""
    panel = (
        series_panel(
            title="Pairs and budget",
            description="Measured pairs, or rounds under load, of each variant with the baseline; "
            "on the right the part of the budget that is spent. Pairs that stop growing while the "
            "budget goes on mean that a server has stopped to answer.",
            unit="none",
        )
        .with_target(
            promql(
                f"max by (variant) (headtohead_generator_pairs_total{{{MEASURED}}})",
                legend="{{variant}}",
                ref="A",
            )
        )
        .with_target(
            promql(
                f"max(headtohead_run_position_ratio{{{MEASURED}}})",
                legend="budget spent",
                ref="B",
            )
        )
        .override_by_name("budget spent", on_the_right(unit="percentunit", label="budget"))
    )
    return coloured(panel.span(8).height(14), colours)


def response_time_heat() -> heatmap.Panel:
    """The whole distribution, a panel for each variant."""
    buckets = "headtohead_generator_response_seconds_bucket"
    chosen = f'{buckets}{{{MEASURED},variant=~"$variant"}}'
    return (
        heat_panel(
            title="Response times of $variant",
            description="How many requests took how long. One narrow band is a variant that always "
            "does the same; two bands are two ways through it, such as cache hits and misses.",
            unit="s",
        )
        .repeat("variant")
        .repeat_direction("h")
        .max_per_row(2)
        .with_target(promql_heat(f"sum by (le) (increase({chosen}[$__rate_interval]))"))
    )


def queries_per_request(colours: Mapping[str, str]) -> timeseries.Panel:
    """The number of queries, over time."""
    panel = series_panel(
        title="Queries per request over time",
        description="Database queries of each measured request. It should be a flat line: one that "
        "rises with the data is an N+1; h2h explain shows its SQL and the code that asks for it.",
        unit="none",
    ).with_target(promql(_per_request("headtohead_database_queries_total"), legend="{{variant}}"))
    return coloured(panel.span(8), colours)


def database_time(colours: Mapping[str, str]) -> timeseries.Panel:
    """The time in the database and elsewhere in the server."""
    database = _per_request("headtohead_database_seconds_total")
    panel = (
        series_panel(
            title="Server time per request",
            description="What a request takes in the server (line), and the part of it that the "
            "database takes (dashes). What lies between is Python: serializers, model instances, "
            "rendering. Speed up the larger of the two.",
            unit="s",
        )
        .with_target(
            promql(
                _per_request("headtohead_request_duration_seconds_sum"),
                legend="{{variant}}",
                ref="A",
            )
        )
        .with_target(promql(database, legend="{{variant}} database", ref="B"))
        .override_by_regexp("/ database$/", [dashed(8)])
    )
    return coloured(panel.span(8), colours)


def cache_hit_ratio(colours: Mapping[str, str]) -> timeseries.Panel:
    """The part of cache lookups that find a value, over time."""
    hits = _rate("headtohead_cache_hits_total")
    misses = _rate("headtohead_cache_misses_total")
    panel = (
        series_panel(
            title="Cache hits over time",
            description="Cache lookups that find a value, of all. A dip is a cache that was "
            "emptied or invalidated while it was measured; variants that look nothing up have no "
            "line.",
            unit="percentunit",
        )
        .max(1)
        .no_value("No lookups")
        .with_target(promql(f"{hits} / ({hits} + {misses})", legend="{{variant}}"))
    )
    return coloured(panel.span(8), colours)


def _rate(counter: str) -> str:
    return f"sum by (variant) (rate({counter}{{{MEASURED}}}[$__rate_interval]))"


def _per_request(counter: str) -> str:
    return f"{_rate(counter)} / {_rate('headtohead_request_duration_seconds_count')}"
