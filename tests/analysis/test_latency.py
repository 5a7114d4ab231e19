import numpy as np
import pytest

from headtohead.analysis.latencies import summarise


def test_percentiles_are_those_of_the_data():
    summary = summarise(np.arange(1.0, 102.0))
    assert (summary.mean, summary.p50, summary.p95, summary.p99) == (51, 51, 96, 100)
    assert summary.quantiles == pytest.approx(range(1, 102))


def test_a_single_latency_is_all_of_its_percentiles():
    summary = summarise(np.array([7.0]))
    assert set(summary.quantiles) == {7.0}
