"""Effects from simulated blocks: a server that serves one request at a time, and a queue."""

import math
from itertools import pairwise

import numpy as np
import pytest

from headtohead.analysis.blocks import (
    NEEDED_ROUNDS,
    ArmBlock,
    percentile,
    percentile_ratios,
    side_by_side,
    throughput,
    throughput_ratios,
)
from headtohead.analysis.interval import fixed_size_estimate

LEVELS = (50, 95, 99)


def block(random: np.random.Generator, *, service: float, users: int = 8) -> ArmBlock:
    """Half a second of users who wait for each other: their latencies are highly dependent."""
    seconds = 0.5
    served = random.gamma(4, service / 4, size=int(2 * seconds / service) + users)
    ended = np.cumsum(served)
    # Every request is sent when the one before it of the same user has ended.
    began = np.concatenate([np.full(users, -1.0), ended[:-users]])
    timed = (began >= 0) & (began < seconds)
    whole = timed & (ended <= seconds)
    return ArmBlock(
        ended=int(np.sum(ended <= seconds)),
        seconds=seconds,
        ended_ms=(ended - began)[whole] * 1000,
        cut_ms=(seconds - began)[timed & ~whole] * 1000,
    )


def arms(seed: int, *, ratio: float, rounds: int, service: float) -> dict[str, list[ArmBlock]]:
    """Both arms on a machine whose speed drifts slowly by tens of percent."""
    random = np.random.default_rng(seed)
    drift = 0.0
    blocks: dict[str, list[ArmBlock]] = {"baseline": [], "variant": []}
    for _ in range(rounds):
        drift = 0.7 * drift + 0.1 * random.standard_normal()
        for arm, factor in (("baseline", 1.0), ("variant", ratio)):
            slowness = math.exp(drift + 0.03 * random.standard_normal())
            blocks[arm].append(block(random, service=service * factor * slowness))
    return blocks


@pytest.mark.simulation
@pytest.mark.parametrize(("ratio", "rounds"), [(1.0, 12), (0.5, 12), (0.5, 24)])
def test_known_ratio_is_recovered_and_covered(ratio, rounds):
    """Coverage over 200 runs; three standard errors of 95 % are 4.6 %."""
    runs = [arms(seed, ratio=ratio, rounds=rounds, service=0.002) for seed in range(200)]
    effects = {"throughput": ([throughput_ratios(**run) for run in runs], 1 / ratio)} | {
        f"p{level}": ([percentile_ratios(**run, level=level) for run in runs], ratio)
        for level in LEVELS
    }
    for metric, (samples, truth) in effects.items():
        estimates = [fixed_size_estimate(each) for each in samples]
        covered = np.mean([each.low <= truth <= each.high for each in estimates])
        assert covered >= 0.904, metric
        centre = np.median([each.ratio for each in estimates])
        assert centre == pytest.approx(truth, rel=0.015), metric


def test_requests_taken_for_independent_would_cry_wolf():
    """What rounds protect from: a rank test on requests of an A/A run calls a difference."""
    from scipy.stats import mannwhitneyu  # noqa: PLC0415 (only here)

    alarms = 0
    for seed in range(40):
        run = arms(seed, ratio=1.0, rounds=12, service=0.002)
        requests = [np.concatenate([each.ended_ms for each in blocks]) for blocks in run.values()]
        alarms += mannwhitneyu(*requests).pvalue < 0.05
    assert alarms / 40 > 0.25


def test_swapping_the_arms_inverts_every_ratio():
    run = arms(1, ratio=0.5, rounds=12, service=0.002)
    swapped = {"baseline": run["variant"], "variant": run["baseline"]}
    assert throughput_ratios(**swapped) == pytest.approx(-throughput_ratios(**run))
    for level in LEVELS:
        assert percentile_ratios(**swapped, level=level) == pytest.approx(
            -percentile_ratios(**run, level=level)
        )


def constant(requests: int, *, milliseconds: float = 10.0) -> ArmBlock:
    return ArmBlock(
        ended=requests,
        seconds=0.5,
        ended_ms=np.full(requests, milliseconds),
        cut_ms=np.array([]),
    )


def test_rounds_are_grouped_until_both_arms_have_enough_requests():
    many, few = [constant(1000)] * 12, [constant(50)] * 12
    assert len(throughput_ratios(baseline=many, variant=few)) == 12
    groups = [len(percentile_ratios(baseline=many, variant=few, level=each)) for each in LEVELS]
    assert groups == [12, 12, 3]
    assert [len(percentile_ratios(baseline=few, variant=many, level=each)) for each in LEVELS] == (
        groups
    )


def test_rounds_left_over_join_the_last_group():
    blocks = [constant(100, milliseconds=each) for each in (1, 1, 1, 1, 9)]
    assert len(percentile_ratios(baseline=blocks, variant=blocks, level=99)) == 2
    assert percentile(blocks, level=99).ratio == pytest.approx(3.0)


def test_too_few_requests_for_a_percentile_are_one_group_without_an_interval():
    blocks = [constant(3)] * 5
    estimate = percentile(blocks, level=99)
    assert estimate.ratio == pytest.approx(10)
    assert estimate.high == math.inf


def test_block_in_which_nothing_ended_has_a_finite_ratio():
    ratios = throughput_ratios(baseline=[constant(0)], variant=[constant(0)])
    assert ratios == pytest.approx([0.0])


def test_throughput_counts_the_request_that_is_half_done():
    """A server that takes 20 ms a request ends 24 or 25 in half a second from the last one."""
    assert throughput([constant(24), constant(25)]).ratio == pytest.approx(50, rel=0.001)


def test_interval_exists_from_the_needed_number_of_rounds():
    assert fixed_size_estimate(np.zeros(NEEDED_ROUNDS)).low == 1
    widths = [throughput([constant(each % 7 + 90) for each in range(n)]) for n in (8, 16, 64)]
    assert all(one.half_width >= other.half_width for one, other in pairwise(widths))


def test_workers_side_by_side_serve_as_much_as_both_however_long_each_measured():
    longer = ArmBlock(ended=300, seconds=0.6, ended_ms=np.full(299, 2.0), cut_ms=np.array([1.0]))
    shorter = ArmBlock(ended=100, seconds=0.4, ended_ms=np.full(99, 3.0), cut_ms=np.array([]))
    both = side_by_side([longer, shorter])
    assert both.ended == 400
    assert both.ended / both.seconds == pytest.approx(300 / 0.6 + 100 / 0.4)
    assert len(both.ended_ms) == 398
    assert both.cut_ms == pytest.approx([1.0])


def test_one_process_alone_is_what_it_is_side_by_side():
    alone = ArmBlock(ended=7, seconds=0.3, ended_ms=np.full(6, 2.0), cut_ms=np.array([1.0]))
    assert side_by_side([alone]).requests_per_second == pytest.approx(alone.requests_per_second)
    nothing = ArmBlock(ended=0, seconds=0.3, ended_ms=np.array([]), cut_ms=np.array([1.0]))
    assert side_by_side([nothing]).requests_per_second == pytest.approx(0.5 / 0.3)
