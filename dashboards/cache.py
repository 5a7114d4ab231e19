"""What requests ask of the cache, and how Valkey fares."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import stat, timeseries

from dashboards.colours import PALETTE
from dashboards.panels import (
    colour_property,
    coloured,
    glance_panel,
    on_the_right,
    series_panel,
)
from dashboards.queries import IDENTITY, promql


def hit_ratio() -> stat.Panel:
    """How much of what is looked up is there."""
    hits, misses = f"sum({_rate('cache_hits_total')})", f"sum({_rate('cache_misses_total')})"
    return (
        glance_panel(
            title="Cache hits",
            description="Cache lookups that found a value, of all lookups.",
            unit="percentunit",
        )
        .no_value("no lookups")
        .with_target(promql(f"{hits} / ({hits} + {misses})", legend="hits"))
    )


def evictions() -> stat.Panel:
    """Whether the cache is too small."""
    return glance_panel(
        title="Evictions",
        description="Keys a second that Valkey drops because its memory is full. Above zero "
        "the cache is too small for what is put into it: raise maxmemory or shorten timeouts.",
        unit="ops",
    ).with_target(
        promql("sum(rate(redis_evicted_keys_total[$__rate_interval]))", legend="evictions")
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
        .with_target(promql(f"{hits} / ({hits} + {misses})", legend=IDENTITY))
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
