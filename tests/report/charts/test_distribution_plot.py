import re

import pytest

from headtohead.report.charts.axis import Axis
from headtohead.report.charts.distribution_plot import distribution_plot, latency_axis
from tests.report.samples import variant

FAST, SLOW = variant("cached", median=1.7), variant("naive", median=18.2)


def test_the_scale_is_logarithmic_only_where_medians_differ_much() -> None:
    assert latency_axis([SLOW, FAST]).logarithmic
    assert not latency_axis([SLOW, variant("joined", median=14.0)]).logarithmic


@pytest.mark.parametrize("other", [FAST, variant("joined", median=14.0)])
def test_the_axis_reaches_from_the_fastest_request_to_the_greatest_p99(other: object) -> None:
    axis = latency_axis([SLOW, other])  # type: ignore[list-item]
    fastest = min(SLOW.latency_ms.quantiles[0], other.latency_ms.quantiles[0])  # type: ignore[attr-defined]
    assert fastest / 1.3 < axis.low < fastest
    assert SLOW.latency_ms.p99 < axis.high < 1.3 * SLOW.latency_ms.p99


def test_each_variant_has_a_curve_and_its_median_where_the_number_says() -> None:
    axis = Axis(low=1, high=40, logarithmic=True)
    markup = distribution_plot([SLOW, FAST], axis=axis, key="k")
    assert markup.count('class="curve"') == 2
    medians = [float(x) / 100 for x in re.findall(r'class="median" x1="([\d.]+)%"', markup)]
    expected = [axis.position(each.latency_ms.p50) for each in (SLOW, FAST)]
    assert medians == pytest.approx(expected, abs=1e-4)


def test_hostile_names_are_escaped() -> None:
    named = variant("</desc><script>", median=18.2)
    assert "<script>" not in distribution_plot([named], axis=latency_axis([named]), key="k")
