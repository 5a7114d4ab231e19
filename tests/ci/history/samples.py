"""Series of ratios as lines of a history."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from headtohead.analysis.results import Metric, Verdict
from headtohead.ci.history.history_file import HistoryEntry

BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANCHOR = "a" * 40


def entry(number: int, ratio: float = 1.0, **changes: object) -> HistoryEntry:
    moment = BEGINNING + timedelta(days=number)
    fields = {
        "subject": "product-list",
        "metric": Metric.LATENCY,
        "anchor": ANCHOR,
        "commit": f"{number:02x}" * 20,
        "committed_at": moment,
        "ratio": ratio,
        "ci95": (ratio * 0.98, ratio * 1.02),
        "margin": 0.02,
        "verdict": Verdict.NO_DIFFERENCE,
        "run_id": f"run-{number}",
        "measured_at": moment + timedelta(hours=1),
    }
    return HistoryEntry(**fields | changes)  # type: ignore[arg-type]


def entries(ratios: Sequence[float], **changes: object) -> list[HistoryEntry]:
    return [entry(number, ratio, **changes) for number, ratio in enumerate(ratios)]


# A step of 5 % after ten commits.
BEFORE = [1.001, 0.998, 1.004, 0.997, 1.002, 1.0, 0.996, 1.003, 0.999, 1.001]
STEP = [*BEFORE, 1.051, 1.048, 1.053, 1.049, 1.052, 1.047]
