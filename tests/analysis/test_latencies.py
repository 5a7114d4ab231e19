import numpy as np
import pytest

from headtohead.analysis.latencies import latencies, summarise

NONE = np.array([])


def test_without_cuts_percentiles_are_those_of_the_data():
    summary = latencies(ended_ms=np.arange(101.0, 0.0, -1.0), cut_ms=NONE).summary()
    assert (summary.mean, summary.p50) == (pytest.approx(51), pytest.approx(51))
    assert summary.p95 == pytest.approx(96.45)
    assert summary.quantiles[0] == 1
    assert summary.quantiles[100] == 101


def test_weight_of_a_cut_request_goes_to_those_that_lasted_longer():
    found = latencies(ended_ms=np.array([1.0, 3.0, 5.0]), cut_ms=np.array([2.0]))
    assert found.weights == pytest.approx([1 / 4, 3 / 8, 3 / 8])
    assert found.unresolved == pytest.approx(0)


def test_what_no_request_can_take_over_is_unresolved():
    found = latencies(ended_ms=np.array([1.0, 2.0]), cut_ms=np.array([9.0, 9.0]))
    assert found.unresolved == pytest.approx(0.5)
    assert found.weights.sum() == pytest.approx(1)
    assert found.percentile(99) == 2


def test_a_request_cut_just_as_another_ended_was_still_under_way_then():
    found = latencies(ended_ms=np.array([2.0, 3.0]), cut_ms=np.array([2.0]))
    assert found.weights == pytest.approx([1 / 3, 2 / 3])


def test_cut_observations_do_not_flatter_slow_requests():
    """Requests that begin at any time of a block: leaving out the cut ones loses the slow."""
    random = np.random.default_rng(1)
    drawn = random.gamma(2.0, 40.0, size=40_000)
    room = random.uniform(0, 500, size=drawn.size)
    whole, cut = drawn[drawn <= room], room[drawn > room]
    corrected = latencies(ended_ms=whole, cut_ms=cut)
    for level in (50, 95, 99):
        truth = np.percentile(drawn, level)
        assert corrected.percentile(level) == pytest.approx(truth, rel=0.04)
        assert np.percentile(whole, level) < 0.93 * truth


def test_percentiles_are_those_of_the_data():
    summary = summarise(np.arange(1.0, 102.0))
    assert (summary.mean, summary.p50, summary.p95, summary.p99) == (51, 51, 96, 100)
    assert summary.quantiles == pytest.approx(range(1, 102))


def test_a_single_latency_is_all_of_its_percentiles():
    summary = summarise(np.array([7.0]))
    assert set(summary.quantiles) == {7.0}
