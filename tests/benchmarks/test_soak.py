"""Load that is held for a while: what is made of what was seen."""

from datetime import UTC, datetime

import pytest

from benchmarks.soak.markdown import render, slope
from benchmarks.soak.record import Record, Sample, Step, Window
from headtohead.records.provenance import GitState
from tests.report.samples import run

SECONDS = range(10, 1210, 10)


def samples(*, megabytes_an_hour: float) -> tuple[Sample, ...]:
    return tuple(
        Sample(
            seconds=seconds,
            # It saws within a minute, as garbage does.
            memory={"API workers": 100 + megabytes_an_hour * (seconds // 60) / 60 + seconds % 20},
            keys=500,
            eternal_keys=0,
        )
        for seconds in SECONDS
    )


def record(**changes) -> Record:
    known = {
        "git": GitState(commit="1" * 40, dirty=False),
        "environment": run().environment,
        "started_at": datetime(2026, 12, 1, tzinfo=UTC),
        "steps": (Step(users=4, requests_per_second=100.0),),
        "users": 3,
        "minutes": 20.0,
        "requests": 120_000,
        "errors": 0,
        "samples": samples(megabytes_an_hour=6),
        "windows": tuple(
            Window(seconds=seconds, p50=20.0, p99=90.0 if seconds < 600 else 180.0)
            for seconds in SECONDS
        ),
        "rows_before": {"orders_order": 10, "orders_outbox": 0},
        "rows_after": {"orders_order": 10, "orders_outbox": 7},
    }
    return Record(**(known | changes))


@pytest.mark.parametrize("growth", [0.0, 6.0, 60.0])
def test_the_slope_is_what_memory_grows_by_and_not_what_it_saws(growth):
    middle, low, high = slope(samples(megabytes_an_hour=growth), "API workers")
    assert middle == pytest.approx(growth, abs=0.5)
    assert low <= growth <= high


def test_the_page_tells_what_grew_and_nothing_of_what_did_not():
    page = render(record())
    assert "**120,000 requests, 100 a second; 0 failed.**" in page
    assert "| orders_outbox | 0 | 7 |" in page
    assert "orders_order" not in page
    assert "| the second tenth | 20 | 90 |\n| the last | 20 | 180 |" in page
    assert "| all of them | unchanged | unchanged |" in render(record(rows_after={}))
