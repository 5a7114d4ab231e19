"""What the load generator makes of each part of a plan, without a server."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice, pairwise
from math import inf

import pytest

from headtohead.load.control.child_process import ChildProcess
from headtohead.load.control.load_generator import LoadGenerator
from headtohead.load.generator.schedule import BlockSchedule, PairSchedule
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.load.messages.open_model import Arrivals, OpenPlan, arrival_offsets
from headtohead.load.messages.throughput import BlockPlan
from tests.conftest import ROOT
from tests.load.generator.test_process import arm

pytestmark = pytest.mark.load

ARMS = tuple(arm(name, url="http://127.0.0.1:9") for name in ("one", "other", "third"))
# What a pair is said to take of its plan, whatever the clock says.
PAIR_SECONDS = 0.125


@pytest.fixture(scope="module")
def generator() -> Iterator[LoadGenerator]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.answering", str(PAIR_SECONDS / 4 * 1000)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield LoadGenerator(ChildProcess(process, errors=errors))
        finally:
            process.kill()
            process.communicate()


def pairs(generator: LoadGenerator, **changes: object) -> list[Pair]:
    fields = {"baseline": ARMS[0], "variants": ARMS[1:], "warm_up": 3, "seconds": 5.0, "seed": 1}
    generator.start(PairPlan(**fields | changes))
    return [pair for batch in generator.batches() for pair in batch]


def turns(taken: list[Pair]) -> list[tuple[int, bool]]:
    return [(pair.variant, pair.baseline_first) for pair in taken]


def planned(*, seed: int, seconds: float = 5.0) -> list[tuple[int, bool]]:
    schedule = PairSchedule(variants=2, seconds=seconds, seed=seed)
    found = []
    for turn in schedule:
        found.append((turn.variant, turn.baseline_first))
        schedule.spend(variant=turn.variant, seconds=PAIR_SECONDS)
    return found


def test_pairs_follow_the_plans_seed_and_no_two_plans_flip_the_same_coins(generator):
    """Several plans of one process are the endpoints of a round."""
    first = turns(pairs(generator, seed=7))
    assert first == planned(seed=7)
    assert turns(pairs(generator, seed=70)) == planned(seed=70 + 1)
    assert turns(pairs(generator, seed=7)) == planned(seed=7 + 2) != first


@pytest.mark.parametrize("warm_up", [1, 4])
def test_every_arm_is_warmed_up_before_the_first_pair(warm_up, generator):
    taken = pairs(generator, warm_up=warm_up)
    before = min(sample.body_bytes for sample in taken[0].samples)
    assert before == warm_up * len(ARMS)


@pytest.mark.parametrize("seconds", [1.0, 2.5])
def test_every_variant_gets_its_seconds_of_pairs(seconds, generator):
    taken = pairs(generator, seconds=seconds)
    for variant in (0, 1):
        assert [pair.variant for pair in taken].count(variant) == seconds / PAIR_SECONDS


def test_the_coin_decides_whose_requests_go_first_and_a_wash_out_goes_before_each(generator):
    taken = pairs(generator)
    for pair in taken:
        ours = (pair.baseline_washout, pair.baseline_sample)
        theirs = (pair.variant_washout, pair.variant_sample)
        sent = [*ours, *theirs] if pair.baseline_first else [*theirs, *ours]
        numbers = [sample.body_bytes for sample in sent]
        assert numbers == list(range(numbers[0], numbers[0] + 4))
        assert {each.identity for each in ours} == {"e/one"}
        assert {each.identity for each in theirs} == {ARMS[1 + pair.variant].identity}
    assert 0.2 < sum(pair.baseline_first for pair in taken) / len(taken) < 0.8


def blocks(generator: LoadGenerator, **changes: object) -> tuple[list, list]:
    fields = {
        "arms": ARMS,
        "users": 2,
        "warm_up": 4,
        "block_seconds": 0.01,
        "seconds": 0.25,
        "seed": 1,
    }
    generator.start(BlockPlan(**fields | changes))
    batches = list(generator.block_batches())
    return (
        [block for batch in batches for block in batch.blocks],
        [sample for batch in batches for sample in batch.samples],
    )


def orders(taken: list, *, seed: int) -> tuple[list, list]:
    """The order of blocks or stretches that were taken, and that of the schedule."""
    schedule = BlockSchedule(arms=len(ARMS), seconds=inf, seed=seed)
    return (
        [(each.round, each.arm) for each in taken],
        [(turn.round, turn.arm) for turn in islice(schedule, len(taken))],
    )


@pytest.mark.parametrize("seed", [3, 4])
def test_blocks_follow_the_plans_seed(seed, generator):
    found, scheduled = orders(blocks(generator, seed=seed)[0], seed=seed)
    assert found == scheduled
    assert len(found) >= len(ARMS)


@pytest.mark.parametrize("users", [1, 3])
def test_every_user_warms_up_its_share_before_the_first_block(users, generator):
    _, samples = blocks(generator, users=users, warm_up=6)
    # By then each user may have sent one.
    assert 6 * len(ARMS) == min(sample.body_bytes for sample in samples)


def test_a_block_lasts_as_planned(generator):
    taken, _ = blocks(generator, block_seconds=0.04, seconds=0.3)
    for block in taken:
        assert block.ended - block.drained >= 0.04
    assert len(taken) <= 0.3 / 0.04 + len(ARMS)


def stretches(generator: LoadGenerator, **changes: object) -> list:
    fields = {
        "arms": ARMS,
        "arrivals": Arrivals.POISSON,
        "rate": 200.0,
        "users": 50,
        "warm_up": 2,
        "stretch_seconds": 0.04,
        "seconds": 0.25,
        "seed": 1,
    }
    generator.start(OpenPlan(**fields | changes))
    return list(generator.stretches())


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize(("arrivals", "rate"), [("poisson", 200.0), ("constant", 300.0)])
def test_arrivals_are_spaced_as_planned_and_stretches_follow_the_seed(
    arrivals, rate, seed, generator
):
    taken = stretches(generator, arrivals=Arrivals(arrivals), rate=rate, seed=seed)
    found, scheduled = orders(taken, seed=seed)
    assert found == scheduled
    for stretch in taken:
        due = [each.intended - stretch.started for each in stretch.arrivals]
        offsets = arrival_offsets(
            Arrivals(arrivals), rate=rate, seconds=0.04, seed=seed, round_number=stretch.round
        )
        # A time since the epoch has digits for a quarter of a microsecond.
        digits = 1e-6
        assert due == pytest.approx(offsets, abs=digits)
        gaps = {round(later - earlier, 5) for earlier, later in pairwise(due)}
        assert len(gaps) <= 1 or arrivals == "poisson"
        assert stretch.closed - stretch.started >= 0.04 - digits


@pytest.mark.parametrize("warm_up", [1, 3])
def test_every_arm_is_warmed_up_before_the_first_stretch(warm_up, generator):
    taken = stretches(generator, warm_up=warm_up, seconds=0.1)
    first = min(each.sample.body_bytes for each in taken[0].arrivals if each.sample)
    assert first == warm_up * len(ARMS)
