"""What every report says of users that were stepped up."""

from collections.abc import Iterator

from headtohead.records.results import ExperimentResult
from headtohead.report.numbers import milliseconds, per_second, users

STEP_HEADERS = ("Users", "Variant", "Throughput", "p50", "p99")


def step_rows(experiment: ExperimentResult) -> Iterator[tuple[str, ...]]:
    """What every variant gave at every number of users, as cells below `STEP_HEADERS`."""
    for step in experiment.steps:
        for variant in step.variants:
            yield (
                f"{step.users:,}",
                variant.name,
                per_second(variant.throughput_rps),
                milliseconds(variant.p50),
                milliseconds(variant.p99),
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
