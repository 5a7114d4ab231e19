"""A commit compared with itself: what is made of many such comparisons."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.found import Effect, Found, found_in, invalidating
from benchmarks.itself.calibration import LENGTH, ORDERS, calibrate
from benchmarks.itself.markdown import render
from benchmarks.itself.record import Record, Taken
from benchmarks.storing import read_record, write_record
from headtohead.records.provenance import GitState
from tests.report.samples import invalid, run, slower


def found(path: str = "/products/", verdict: str = "no difference", **changes) -> Found:
    given = {"ratio": 1.001, "ci95": (0.99, 1.01), "queries": (1.0, 1.0), **changes}
    return Found(path=path, verdict=verdict, **given)


def taken(*said: Found, caveats: tuple[str, ...] = ()) -> Taken:
    return Taken(
        started_at=datetime(2026, 11, 27, tzinfo=UTC),
        seconds=30.0,
        load_before=0.1,
        caveats=caveats,
        found=said,
    )


def record(*comparisons: Taken) -> Record:
    return Record(
        git=GitState(commit="1" * 40, dirty=False),
        environment=run().environment,
        rounds=8,
        budget=4.0,
        taken=comparisons,
        quiet=(),
    )


def noise(*, sizes: int = 90, step: float = 0.0) -> list[float]:
    values = np.random.default_rng(7).normal(0, 0.01, sizes)
    values[sizes // 2 :] += step
    return list(np.exp(values))


def test_each_endpoints_ratios_are_a_series_of_the_comparisons_that_count():
    kept = record(
        taken(found(ratio=1.0), found("/report/", ratio=2.0)),
        taken(found(ratio=9.0), caveats=("/products/: too-busy",)),
        taken(found(ratio=1.1), found("/report/", ratio=2.2)),
    )
    assert kept.series == {"/products/": [1.0, 1.1], "/report/": [2.0, 2.2]}


def test_the_page_counts_alarms_among_what_counts():
    page = render(
        record(
            taken(found(), found("/report/", verdict="slower, size unresolved")),
            taken(found(verdict="inconclusive"), found("/report/")),
            taken(found(verdict="slower"), caveats=("/products/: too-busy",)),
        )
    )
    assert (
        "1 of 2 comparisons raised an alarm, 1 of 4 endpoints were said to\ndiffer; 1 more" in page
    )
    assert "| `/products/` | 1 | 1 | 0 |" in page
    assert "| `/report/` | 1 | 0 | 1 |" in page
    # Of two comparisons one may be anything up to nearly all: 1 - 0.025 ** (1 / 2) is for none.
    assert "up to 98.7%" in page


@pytest.mark.simulation
def test_quiet_ratios_keep_their_promise_and_a_step_is_seen():
    quiet = {each.kind: each for each in calibrate({"/products/": noise()})}
    drawn = quiet["in orders of chance"]
    assert (drawn.length, drawn.series) == (LENGTH, ORDERS)
    # 1 % of 200, with room for chance: more than 8 would come once in 5,000 seeds.
    assert drawn.flagged <= 8
    assert quiet["as they came, in stretches"].series == 3
    stepped = {each.kind: each for each in calibrate({"/products/": noise(step=0.05)})}
    assert stepped["as they came, whole"].flagged == 1


@pytest.mark.parametrize(
    ("verdict", "effect"),
    [
        ("slower, size unresolved", Effect.SLOWER),
        ("faster", Effect.FASTER),
        ("no difference", None),
        ("inconclusive", None),
    ],
)
def test_claims_are_told_from_their_lack(verdict, effect):
    assert found(verdict=verdict).effect is effect


def test_a_record_is_read_back_as_it_was_written(tmp_path):
    kept = replace(record(taken(found())), quiet=calibrate({"/products/": noise(sizes=12)}))
    write_record(kept, tmp_path)
    assert read_record(tmp_path, Record) == kept


def test_what_a_run_says_is_kept_endpoint_by_endpoint():
    said = run(slower(), invalid())
    (first, second) = found_in(said)
    assert (first.path, first.effect) == (slower().path, Effect.SLOWER)
    assert second.path == invalid().path
    assert invalidating(run(slower())) == ()
    assert all(each.startswith(f"{invalid().name}: ") for each in invalidating(said))
    assert invalidating(said)
