"""What every report says of requests that arrived at a planned rate."""

from collections.abc import Iterator

from headtohead.records.results import ExperimentResult
from headtohead.report.numbers import per_second, percent, quantity

OPEN_HEADERS = (
    "Variant",
    "Planned",
    "Unsent",
    "Sent",
    "Response p50 / p95 / p99, ms",
    "Service p50 / p95 / p99, ms",
    "Late p50 / p99 / max, ms",
)


def open_rows(experiment: ExperimentResult) -> Iterator[tuple[str, ...]]:
    """What became of every variant's planned requests, as cells below `OPEN_HEADERS`."""
    for variant in experiment.variants:
        if found := variant.open_model:
            response, service, late = variant.latency_ms, found.service_ms, found.lateness_ms
            yield (
                variant.name,
                f"{found.planned:,}",
                f"{found.unsent:,} ({percent(found.unsent / found.planned)})",
                per_second(found.rate_achieved),
                _three(response.p50, response.p95, response.p99),
                _three(service.p50, service.p95, service.p99),
                _three(late.p50, late.p99, late.max),
            )


def open_load(experiment: ExperimentResult) -> str:
    """The load that was planned, and how its times are to be read, in one line."""
    offered = experiment.offered
    assert offered is not None  # noqa: S101 (asked of the open model only)
    return (
        f"{offered.arrivals} arrivals at {per_second(offered.rate)} for"
        f" {offered.stretch_seconds:g} s at one variant after another, up to"
        f" {experiment.users:,} at a time; response times count from when a request was due,"
        " service times from when it was sent"
    )


def _three(*milliseconds: float) -> str:
    return " / ".join(map(quantity, milliseconds))
