"""What the harness does for every request and at every look at the pairs.

What recording costs the load generator is for `python -m benchmarks.generator_cost` to say: Locust
patches the process that it is imported into.
"""

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from headtohead.analysis.change_points import changes
from headtohead.analysis.interval import anytime_estimate, fixed_size_estimate
from headtohead.django.middleware import MeasurementMiddleware
from headtohead.load.messages.encoding import to_line
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming
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
    text = benchmark(to_line, [pair()] * 100)
    assert text.count("variant_sample") == 100


@pytest.mark.parametrize("asked", ["by anybody", "for a variant"])
def test_middleware(benchmark, settings, asked):
    settings.HEADTOHEAD = {"EXPERIMENTS": True, "TOKEN": "secret", "PACKAGE": "app.experiments"}
    told = {
        TOKEN_HEADER: "secret",
        "Baggage": "h2h.experiment=product-list,h2h.variant=prefetched",
    }
    middleware = MeasurementMiddleware(lambda _: HttpResponse())
    request = RequestFactory().get("/", headers=told if asked == "for a variant" else {})
    response = benchmark(middleware, request)
    assert (HEADER in response) == (asked == "for a variant")


def test_change_points_of_a_hundred_ratios(benchmark):
    ratios = np.exp(np.random.default_rng(1).normal(0, 0.01, 100))
    assert not benchmark(changes, ratios)
