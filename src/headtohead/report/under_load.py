"""What every report says of variants under load: more and more users, or a planned rate."""

from headtohead.records.results import ExperimentResult, OfferedLoad
from headtohead.report.document import Column, Table, table
from headtohead.report.numbers import milliseconds, per_second, percent, quantity, users


def step_table(experiment: ExperimentResult) -> Table:
    """What every variant gave at every number of users."""
    return table(
        f"{experiment.name}: {knees(experiment)}",
        headers=("Users", "Variant", "Throughput", "p50", "p99"),
        names=("Variant",),
        rows=[
            (
                f"{step.users:,}",
                variant.name,
                per_second(variant.throughput_rps),
                milliseconds(variant.p50),
                milliseconds(variant.p99),
            )
            for step in experiment.steps
            for variant in step.variants
        ],
    )


def knees(experiment: ExperimentResult) -> str:
    """Where throughput stops growing, for every variant in one line."""
    most = users(experiment.users)
    return "throughput stops growing " + ", ".join(
        f"at {users(variant.knee_users)} for {variant.name}"
        if variant.knee_users
        else f"not before {most} for {variant.name}"
        for variant in experiment.variants
    )


def open_table(experiment: ExperimentResult, *, offered: OfferedLoad) -> Table:
    """What became of every variant's planned requests."""
    return table(
        f"{experiment.name}: {offered.arrivals} arrivals at {per_second(offered.rate)} for"
        f" {offered.stretch_seconds:g} s at one variant after another, up to"
        f" {experiment.users:,} at a time; response times count from when a request was due,"
        " service times from when it was sent",
        headers=(
            "Variant",
            "Planned",
            "Unsent",
            "Sent",
            Column("Response", detail="p50 / p95 / p99, ms"),
            Column("Service", detail="p50 / p95 / p99, ms"),
            Column("Late", detail="p50 / p99 / max, ms"),
        ),
        names=("Variant",),
        rows=[
            (
                variant.name,
                f"{found.planned:,}",
                f"{found.unsent:,} ({percent(found.unsent / found.planned)})",
                per_second(found.rate_achieved),
                _three(variant.latency_ms.p50, variant.latency_ms.p95, variant.latency_ms.p99),
                _three(found.service_ms.p50, found.service_ms.p95, found.service_ms.p99),
                _three(found.lateness_ms.p50, found.lateness_ms.p99, found.lateness_ms.max),
            )
            for variant in experiment.variants
            if (found := variant.open_model)
        ],
    )


def _three(*times: float) -> str:
    return " / ".join(map(quantity, times))
