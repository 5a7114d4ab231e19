"""How cost grows with data: the exponent of a power law, and what it amounts to in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from scipy.stats import t

from headtohead.analysis.interval import ALPHA, FloatArray

# With this exponent ten times the rows take a quarter more time: less than one would act upon.
_FLAT = 0.1
# Half way from no growth to the square root and on to linear growth, and as far beyond that.
_SQUARE_ROOT = (0.25, 0.75)
_LINEAR = (0.75, 1.25)
# Counts are means over requests, of which a few may find a cache that has just expired.
_SAME_COUNT = 0.05


class Trend(StrEnum):
    """How latency grows with the rows, as far as the interval of the exponent tells."""

    FLAT = "does not grow"
    SQUARE_ROOT = "grows about as the square root"
    LINEAR = "grows linearly"
    SUPERLINEAR = "grows faster than linearly"
    # The whole interval lies beyond no growth, but not within one of the above.
    SOMEHOW = "grows, how fast cannot be told"
    UNKNOWN = "cannot be told"
    INVALID = "invalid"


class CountTrend(StrEnum):
    """How a count that is known without error goes with the rows."""

    CONSTANT = "constant"
    GROWING = "growing"
    VARYING = "varying"


@dataclass(frozen=True, kw_only=True)
class PowerLaw:
    """Latency as a power of the rows.

    Attributes:
        exponent: 0 is no growth, 1 twice the time for twice the rows.
        low: Where its 95 % interval begins.
        high: Where that ends.
    """

    exponent: float
    low: float
    high: float


def power_law(*, rows: FloatArray, milliseconds: FloatArray) -> PowerLaw:
    """Fit log(milliseconds) = a + b log(rows) by least squares (Goldsmith et al., 2007).

    The interval of the exponent b is Student's, with two degrees of freedom fewer than sizes, from
    how far the sizes lie off the line. That includes what requests at one size cannot show: that
    each size has a server and rows of its own, and that latency may be no power of the rows at all.
    On three sizes it is wide unless they lie nearly on a line. Methods by ranks, such as that of
    Theil and Sen, would have no 95 % interval at all on fewer than five sizes: by chance alone four
    come in one of both extreme orders once in twelve times.

    Args:
        rows: Sizes, at least three, all different.
        milliseconds: Latency at each of them.
    """
    across, up = _centred_logs(rows), _centred_logs(milliseconds)
    spread = float(across @ across)
    exponent = float(across @ up) / spread
    off = up - exponent * across
    freedom = len(rows) - 2
    error = math.sqrt(float(off @ off) / freedom / spread)
    reach = float(t.ppf(1 - ALPHA / 2, freedom)) * error
    return PowerLaw(exponent=exponent, low=exponent - reach, high=exponent + reach)


def step_exponents(*, rows: FloatArray, milliseconds: FloatArray) -> tuple[float, ...]:
    """The exponent from each size to the next: where they rise, the line bends upwards."""
    steps = np.diff(np.log(milliseconds)) / np.diff(np.log(rows))
    return tuple(float(each) for each in steps)


def trend(law: PowerLaw) -> Trend:
    """What all exponents of the interval have in common."""
    if law.high <= _FLAT:
        return Trend.FLAT
    if law.low > _LINEAR[1]:
        return Trend.SUPERLINEAR
    for (low, high), word in ((_SQUARE_ROOT, Trend.SQUARE_ROOT), (_LINEAR, Trend.LINEAR)):
        if low <= law.low and law.high <= high:
            return word
    return Trend.SOMEHOW if law.low > _FLAT else Trend.UNKNOWN


def count_trend(counts: Sequence[float]) -> CountTrend:
    """How counts go from size to size.

    Args:
        counts: Means over requests, the smallest size's first.
    """
    if max(counts) - min(counts) <= _SAME_COUNT:
        return CountTrend.CONSTANT
    if all(more >= fewer - _SAME_COUNT for fewer, more in pairwise(counts)):
        return CountTrend.GROWING
    return CountTrend.VARYING


def _centred_logs(values: FloatArray) -> FloatArray:
    logs = np.log(values)
    centred: FloatArray = logs - logs.mean()
    return centred
