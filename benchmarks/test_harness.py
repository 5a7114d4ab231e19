"""What the harness does for every request and at every look at the pairs."""

import numpy as np
import pytest

from headtohead.analysis.interval import anytime_estimate, fixed_size_estimate
from headtohead.load.wire import to_json
from headtohead.server_timing import ServerTiming
from tests.run.factories import pair, sample

RATIOS = np.random.default_rng(1).standard_t(df=2, size=5000)


@pytest.mark.parametrize("estimate", [anytime_estimate, fixed_size_estimate])
def test_estimate_of_five_thousand_pairs(benchmark, estimate):
    result = benchmark(estimate, RATIOS)
    assert result.low < 1 < result.high


def test_server_timing_read(benchmark):
    timing = benchmark(ServerTiming.from_header, sample().server_timing)
    assert timing.queries == 4


def test_hundred_pairs_reported(benchmark):
    text = benchmark(to_json, [pair()] * 100)
    assert text.count("variant_sample") == 100
