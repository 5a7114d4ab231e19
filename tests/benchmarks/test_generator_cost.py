"""The benchmark of the generator's cost: what it measures, and what it says of it."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from benchmarks.generator_cost.kinds import GOALS, Goal, Kind, Measure
from benchmarks.generator_cost.markdown import reached, render
from benchmarks.generator_cost.record import Block, Record
from benchmarks.storing import read_record, write_record
from headtohead.records.provenance import Environment, GitState
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
from build import GENERATOR_COST, generator_cost_page

pytestmark = pytest.mark.load

# Requests of each kind in a second, of which it used half a second of CPU time.
REQUESTS = {
    Kind.FAST: 5000,
    Kind.FAST_RECORDED: 4800,
    Kind.LEAN: 12000,
    Kind.LEAN_RECORDED: 9000,
}


def record(*, rounds: int = 20) -> Record:
    """Rounds on a machine that slows down: ratios stay."""
    return Record(
        started_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        git=GitState(commit="0123456789abcdef", dirty=False),
        environment=Environment(
            cpu="A processor",
            cores=2,
            memory_bytes=1,
            system="Linux",
            python="3.11.0",
            packages={"locust": "2.47.0", "gevent": "26.0"},
            servers={},
            load_before=0.1,
            load_after=1.2,
            rows=0,
        ),
        users=8,
        block_seconds=0.5,
        body_bytes=250,
        seed=1,
        blocks=tuple(
            Block(
                round=number,
                kind=kind,
                requests=requests,
                seconds=1.0 + number,
                cpu_seconds=0.5 + number / 2,
            )
            for number in range(rounds)
            for kind, requests in REQUESTS.items()
        ),
    )


def test_ratio_compares_the_blocks_of_a_round():
    taken = record()
    estimate = taken.ratio(Kind.LEAN, Measure.PER_CORE_SECOND)
    assert (estimate.low, estimate.ratio, estimate.high) == pytest.approx((2.4, 2.4, 2.4))
    assert taken.rates(Kind.FAST, Measure.PER_CORE_SECOND)[0] == 10000
    assert taken.rates(Kind.FAST, Measure.PER_SECOND)[0] == 5000


@pytest.mark.parametrize(
    ("kind", "at_least", "expected"),
    [
        (Kind.FAST_RECORDED, 0.95, True),
        (Kind.FAST_RECORDED, 0.97, False),
        (Kind.LEAN, 2.0, True),
        (Kind.LEAN_RECORDED, 2.0, False),
    ],
)
def test_goal_is_reached_by_the_whole_interval(kind, at_least, expected):
    goal = Goal(kind=kind, measure=Measure.PER_SECOND, at_least=at_least)
    assert reached(record(), goal) is expected
    assert not reached(record(rounds=3), goal)


def test_page_shows_every_kind_and_goal():
    page = render(record())
    assert "| lean user | 1,145 | 2,291 | 2.40 [2.40, 2.40] | 2.40 [2.40, 2.40] |" in page
    assert "at least 0.950 of its requests/s | 0.960 [0.960, 0.960] | yes |" in page
    assert page.count(" | no |") + page.count("not by all of its interval") == 1
    assert page.count("at least") == len(GOALS)
    assert "revision 0123456789ab," in page


def test_record_is_read_back_as_it_was_written(tmp_path):
    write_record(record(), tmp_path)
    assert read_record(tmp_path, Record) == record()


def test_every_round_holds_a_block_of_every_kind(tmp_path):
    command = [sys.executable, "-m", "benchmarks.generator_cost", "--output", str(tmp_path)]
    completed = subprocess.run(
        [*command, "--rounds", "2", "--seconds", "0.05"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    # Two rounds reach no goal: their interval says nothing.
    assert completed.returncode == 1, completed.stderr
    taken = read_record(tmp_path, Record)
    assert completed.stdout.strip() == render(taken).strip()
    assert Counter((block.round, block.kind) for block in taken.blocks) == Counter(
        (number, kind) for number in range(2) for kind in Kind
    )
    assert all(block.requests > 0 and block.cpu_seconds > 0 for block in taken.blocks)
    assert list(tmp_path.iterdir()) == [tmp_path / "record.json"]


def test_nothing_to_measure_is_wrong_usage():
    completed = subprocess.run(
        [sys.executable, "-m", "benchmarks.generator_cost", "--rounds", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 2
    assert "fix: give --rounds" in completed.stderr


@pytest.mark.skipif(not GENERATOR_COST.is_dir(), reason="no record is kept yet")
def test_page_that_is_kept_is_that_of_the_record_beside_it():
    assert GENERATOR_COST.with_suffix(".md").read_text() == generator_cost_page(GENERATOR_COST)
