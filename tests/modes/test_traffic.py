import pytest

from headtohead.load.messages.arm import Sample
from headtohead.load.messages.open_model import Arrival, Arrivals, OpenPlan, Stretch
from headtohead.load.messages.throughput import Block
from headtohead.modes.latency.mode import pair_traffic
from headtohead.modes.open_model.mode import stretch_traffic
from headtohead.modes.throughput.block_filter import BlockPart, BlockSamples
from headtohead.modes.throughput.live_throughput import block_traffic
from tests.run.factories import pair, sample

NAMES = ["one", "other"]
NOON = 1_700_000_000.0


def test_pairs_count_their_wash_outs_and_tell_the_times_that_are_compared():
    traffic = pair_traffic([pair(), pair(error="500")], names=NAMES)
    one, other = traffic.arms["one"], traffic.arms["other"]
    assert (one.requests, one.errors, one.pairs) == (4, 0, 0)
    assert (other.requests, other.errors, other.pairs) == (4, 1, 2)
    assert one.response_ms == [10.0, 10.0]
    assert other.response_ms == [5.0]
    assert traffic.users == 1
    assert one.turned_to is None


def test_pairs_of_several_variants_are_told_apart():
    traffic = pair_traffic([pair(variant=0), pair(variant=1)], names=["one", "two", "three"])
    assert {name: arm.pairs for name, arm in traffic.arms.items()} == {
        "one": 0,
        "two": 1,
        "three": 1,
    }
    assert traffic.arms["one"].requests == 4


def test_pairs_tell_how_busy_and_how_late_the_generator_was():
    slow = pair(elapsed_ms=100.0, cpu_ms=10.0)
    traffic = pair_traffic([slow, slow, pair(elapsed_ms=1100.0, cpu_ms=10.0)], names=NAMES)
    assert traffic.cpu_share == pytest.approx(30 / 1300)
    assert traffic.lag_seconds == pytest.approx(1.0)


def test_a_report_without_pairs_tells_of_no_generator():
    traffic = pair_traffic([], names=NAMES)
    assert (traffic.cpu_share, traffic.lag_seconds) == (None, None)
    assert traffic.arms["one"].requests == 0


def block(*samples: Sample, arm: int) -> BlockSamples:
    taken = Block(
        round=0,
        arm=arm,
        started=NOON,
        drained=NOON + 0.1,
        ended=NOON + 1.2,
        cpu_seconds=0.22,
    )
    return BlockSamples(parts=(BlockPart(block=taken, samples=samples),))


def test_blocks_count_requests_of_the_arm_before_for_that_arm():
    in_flight = sample("one", started=NOON - 0.05, milliseconds=100.0)
    own = sample("other", started=NOON + 0.5, milliseconds=30.0)
    failed = sample("other", started=NOON + 0.6, milliseconds=30.0, error="500")
    cut = sample("other", started=NOON + 1.19, milliseconds=30.0)
    traffic = block_traffic(
        block(in_flight, own, failed, cut, arm=1), names=NAMES, users=4, block_seconds=1.0
    )
    one, other = traffic.arms["one"], traffic.arms["other"]
    assert (one.requests, one.response_ms, one.turned_to) == (1, [], None)
    assert (other.requests, other.errors, other.pairs) == (3, 1, 1)
    assert other.response_ms == [30.0]
    assert other.turned_to == NOON
    assert traffic.users == 4
    assert traffic.cpu_share == pytest.approx(0.2)
    assert traffic.lag_seconds == pytest.approx(0.1, abs=1e-6)


def test_blocks_of_the_baseline_are_no_rounds_of_its_own():
    traffic = block_traffic(
        block(sample("one", started=NOON + 0.5), arm=0), names=NAMES, users=4, block_seconds=1.0
    )
    assert traffic.arms["one"].pairs == 0
    assert traffic.arms.keys() == {"one"}


def test_stretches_tell_times_from_when_requests_were_due_and_how_late_they_were():
    plan = OpenPlan(
        arms=(),
        arrivals=Arrivals.CONSTANT,
        rate=50.0,
        users=256,
        warm_up=1,
        stretch_seconds=1.0,
        seconds=10.0,
        seed=1,
    )

    def due(at: float, *, late: float, pool_full: bool = False, error: str = "") -> Arrival:
        return Arrival(
            intended=NOON + at,
            reached=NOON + at + 0.001,
            pool_full=pool_full,
            sample=sample("other", started=NOON + at + late, milliseconds=10.0, error=error),
        )

    unsent = Arrival(intended=NOON + 0.9, reached=NOON + 0.9, pool_full=True, sample=None)
    arrivals = [due(0.1, late=0.02), due(0.2, late=0.3, pool_full=True), unsent]
    arrivals.append(due(0.5, late=0.0, error="500"))
    stretch = Stretch(
        round=0, arm=1, started=NOON, closed=NOON + 1, drained=NOON + 1.1, arrivals=arrivals
    )
    traffic = stretch_traffic(stretch, names=NAMES, plan=plan)
    other = traffic.arms["other"]
    assert (other.requests, other.errors, other.pairs) == (3, 1, 1)
    assert other.response_ms == pytest.approx([30.0, 310.0], abs=1e-3)
    assert other.turned_to == NOON
    assert traffic.late_seconds == pytest.approx(0.3, abs=1e-6)
    # The wait for a user is the server's fault.
    assert traffic.lag_seconds == pytest.approx(0.02, abs=1e-6)
    assert (traffic.rate, traffic.users) == (50.0, 256)
