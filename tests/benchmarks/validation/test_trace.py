import math

import numpy as np
import pytest

from benchmarks.validation.trace import read_started_at, read_trace, write_trace
from tests.benchmarks.validation.factories import trace


def test_round_trip_keeps_a_tenth_of_a_microsecond(tmp_path):
    kept, path = trace(effect=0.05, scenario="busy-5", index=7), tmp_path / "busy-5-0007.npz"
    write_trace(kept, path)
    again = read_trace(path)
    assert (again.scenario, again.index, again.started_at) == ("busy-5", 7, kept.started_at)
    assert np.array_equal(again.baseline_first, kept.baseline_first)
    assert again.variant_ms == pytest.approx(kept.variant_ms, abs=1e-4)
    assert again.delay_ms == pytest.approx(kept.delay_ms, abs=1e-4)
    assert read_started_at(path) == kept.started_at
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_trace_of_a_thousand_pairs_takes_less_than_a_fortieth_of_a_megabyte(tmp_path):
    write_trace(trace(effect=0.05, pairs=1000), tmp_path / "trace.npz")
    assert (tmp_path / "trace.npz").stat().st_size < 25_000


def test_truth_is_what_the_server_wasted_whatever_the_noise():
    slowed = trace(baseline_ms=np.full(3, 8.0), variant_ms=np.array([5.0, 10.0, 30.0]), pairs=3)
    assert slowed.true_median_ratio(1.0) == pytest.approx(10 / 9)
    assert slowed.true_mean_ratio(1.0) == pytest.approx(15 / 14)
    assert slowed.true_median_ratio(0.0) == 1


def test_truth_can_be_told_where_noise_adds_more_than_some_requests_take():
    noisy = trace(
        baseline_ms=np.full(3, 4.0),
        variant_ms=np.array([5.0, 20.0, 35.0]),
        variant_server_ms=np.array([4.0, 19.0, 34.0]),
        pairs=3,
    )
    assert noisy.true_median_ratio(10.0) == pytest.approx(20 / 10)
    assert noisy.true_mean_ratio(10.0) == pytest.approx(60 / (1 + 10 + 25))
    # The server can have wasted no more than it took.
    assert noisy.true_median_ratio(100.0) == pytest.approx(20)
    assert noisy.true_mean_ratio(100.0) == pytest.approx(60 / 3)


def test_what_adds_nothing_has_no_effect_however_fast_a_variant_is():
    faster = trace(baseline_ms=np.full(3, 8.0), variant_ms=np.array([1.0, 2.0, 3.0]), pairs=3)
    assert faster.true_median_ratio(0.0) == faster.true_mean_ratio(0.0) == 1


def test_prefix_ends_where_the_time_is_over():
    whole = trace(pairs=1000)
    half = whole.until(whole.seconds / 2)
    assert 1 < len(half) < len(whole)
    assert half.seconds <= whole.seconds / 2 < whole.elapsed[len(half)]
    assert np.array_equal(half.variant_ms, whole.variant_ms[: len(half)])
    assert len(whole.until(math.inf)) == len(whole)
