import math

import pytest

from headtohead.analysis.interval import Estimate
from headtohead.analysis.results import Metric, Verdict
from headtohead.analysis.verdicts import NEEDED_PAIRS, is_settled, judge


def between(low: float, high: float) -> Estimate:
    return Estimate(ratio=math.sqrt(low * high) if low else 1.0, low=low, high=high)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.50, 0.55, Verdict.FASTER),
        (1.80, 2.10, Verdict.SLOWER),
        (0.95, 0.99, Verdict.FASTER_SIZE_UNRESOLVED),
        (1.01, 1.05, Verdict.SLOWER_SIZE_UNRESOLVED),
        (0.99, 1.01, Verdict.NO_DIFFERENCE),
        (0.985, 0.995, Verdict.NO_DIFFERENCE),
        (0.90, 1.01, Verdict.INCONCLUSIVE),
        (0.99, 1.10, Verdict.INCONCLUSIVE),
        (0.0, math.inf, Verdict.INCONCLUSIVE),
    ],
)
def test_verdict_follows_from_where_the_interval_lies(low, high, verdict):
    assert judge(between(low, high), margin=0.02) is verdict


def test_wider_margin_turns_a_small_effect_into_no_difference():
    assert judge(between(0.96, 0.99), margin=0.05) is Verdict.NO_DIFFERENCE


@pytest.mark.parametrize(("low", "high"), [(0.49, 0.51), (1.01, 1.03), (0.7, 1.2), (0.99, 1.01)])
def test_verdict_of_the_swapped_comparison_is_the_mirrored_one(low, high):
    mirrored = {
        Verdict.FASTER: Verdict.SLOWER,
        Verdict.FASTER_SIZE_UNRESOLVED: Verdict.SLOWER_SIZE_UNRESOLVED,
    }
    mirrored |= {value: key for key, value in mirrored.items()}
    verdict = judge(between(low, high), margin=0.02)
    assert judge(between(1 / high, 1 / low), margin=0.02) is mirrored.get(verdict, verdict)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        pytest.param(0.500, 0.505, id="to the margin"),
        pytest.param(0.99, 1.01, id="no difference, to the margin"),
        pytest.param(1.075, 1.145, id="to a third of itself"),
        pytest.param(0.48, 0.52, id="to a twentieth"),
    ],
)
def test_settled_once_the_verdict_is_clear_and_its_size_known(low, high):
    assert is_settled(between(low, high), pairs=NEEDED_PAIRS, margin=0.02)


@pytest.mark.parametrize(
    ("estimate", "pairs"),
    [
        pytest.param(between(0.47, 0.53), 1000, id="size unknown"),
        pytest.param(between(1.07, 1.15), 1000, id="not to a third of itself"),
        pytest.param(between(0.97, 0.985), 1000, id="crosses the margin"),
        pytest.param(between(0.500, 0.505), NEEDED_PAIRS - 1, id="too few pairs"),
    ],
)
def test_not_settled_while_more_pairs_could_tell_more(estimate, pairs):
    assert not is_settled(estimate, pairs=pairs, margin=0.02)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.80, 2.10, Verdict.FASTER),
        (0.50, 0.55, Verdict.SLOWER),
        (1.01, 1.05, Verdict.FASTER_SIZE_UNRESOLVED),
        (0.95, 0.99, Verdict.SLOWER_SIZE_UNRESOLVED),
        (0.99, 1.01, Verdict.NO_DIFFERENCE),
        (0.0, math.inf, Verdict.INCONCLUSIVE),
    ],
)
def test_more_requests_a_second_are_faster(low, high, verdict):
    assert judge(between(low, high), margin=0.02, metric=Metric.THROUGHPUT) is verdict


@pytest.mark.parametrize("metric", [Metric.P50, Metric.P95, Metric.P99])
def test_longer_times_under_load_are_slower(metric):
    assert judge(between(1.8, 2.1), margin=0.02, metric=metric) is Verdict.SLOWER
