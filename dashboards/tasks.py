"""How tasks fare that requests leave to Celery's worker."""

from grafana_foundation_sdk.builders import timeseries

from dashboards.panels import dashed, series_panel
from dashboards.queries import promql

NONE = "No tasks in this time range"


def waiting() -> timeseries.Panel:
    """Whether workers keep up."""
    return _times(
        "headtohead_task_queue_seconds",
        title="Tasks: time in the queue",
        description="How long tasks wait for a worker: half of them less than the line, nineteen "
        "of twenty less than the dashes. When it rises and stays, more is handed over than is "
        "worked off: add worker processes, or make the slowest task faster.",
    )


def duration() -> timeseries.Panel:
    """How long they take."""
    return _times(
        "headtohead_task_duration_seconds",
        title="Tasks: time to run",
        description="How long the worker takes for a task: half of them less than the line, "
        "nineteen of twenty less than the dashes.",
    )


def ended() -> timeseries.Panel:
    """How many are done, and how."""
    return (
        series_panel(
            title="Tasks by how they ended",
            description="Tasks a second that ended, by task and by how. Failures and retries: the "
            "worker's log has the traceback, h2h status says where it is.",
            unit="ops",
        )
        .span(24)
        .no_value(NONE)
        .with_target(
            promql(
                "sum by (task, state) (rate(headtohead_task_total[$__rate_interval]))",
                legend="{{task}} {{state}}",
            )
        )
    )


def _times(histogram: str, *, title: str, description: str) -> timeseries.Panel:
    panel = series_panel(title=title, description=description, unit="s").no_value(NONE)
    buckets = f"sum by (le, task) (rate({histogram}_bucket[$__rate_interval]))"
    for ref, (quantile, name) in {"A": (0.5, "p50"), "B": (0.95, "p95")}.items():
        quantiles = f"histogram_quantile({quantile}, {buckets})"
        panel.with_target(promql(quantiles, legend=f"{{{{task}}}} {name}", ref=ref))
    return panel.override_by_regexp("/ p95$/", [dashed(8)])
