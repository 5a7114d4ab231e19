"""How much one variant differs from the other, and how sure we are: two intervals for a median.

Both rest on one fact. Which request of a pair went first was decided by a coin, so if the variant
makes no difference, the sign of a pair's log ratio is a coin flip too (Fisher's randomisation
test). Shifting every log ratio by a supposed effect and asking whether the signs still look like
coin flips gives, by inversion, all effects that the data do not contradict. Signs alone are used
because latencies on a shared machine have tails that drown means (Abedi & Brecht, 2017).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ALPHA = 0.05

# Where the confidence sequence is tightest, in pairs. It has to be fixed before looking at data;
# a thousand pairs is what a ten-second comparison of a fast endpoint collects.
TUNED_FOR_PAIRS = 1000
# The mixture's variance that makes it so: TUNED_FOR_PAIRS / (-W(-alpha^2 / e) - 1), where W is the
# lower branch of Lambert's function (Howard et al., 2021, section 3.5).
MIXTURE_VARIANCE = TUNED_FOR_PAIRS / 8.21


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """An effect as a ratio, variant over baseline, with its 95 % interval.

    The interval is (0, infinity) while there are too few pairs to say anything.
    """

    ratio: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the interval's width on the log scale, as a fraction: 0.02 is plus or minus 2 %."""
        if self.low == 0:
            return math.inf
        return math.sqrt(self.high / self.low) - 1

    @property
    def inverted(self) -> "Estimate":
        """The same effect as baseline over variant."""
        return Estimate(
            ratio=1 / self.ratio,
            low=1 / self.high,
            high=1 / self.low if self.low else math.inf,
        )


def log_ratios(*, baseline_ms: FloatArray, variant_ms: FloatArray) -> FloatArray:
    """The log of variant over baseline, pair by pair."""
    return np.log(variant_ms) - np.log(baseline_ms)


def fixed_size_estimate(ratios: FloatArray, *, alpha: float = ALPHA) -> Estimate:
    """The median pair ratio with the sign-flip randomisation interval.

    Valid when the number of pairs did not depend on what they showed. Where measuring stops once a
    confidence sequence is narrow enough, that is nearly so: the width hardly depends on where the
    effect lies, and such stopping keeps an interval's coverage (Chow & Robbins, 1965).

    Args:
        ratios: Log ratios of the pairs.
        alpha: How often the interval may miss the effect.
    """
    return _median_between(ratios, excluded=_fewest_heads(len(ratios), alpha / 2) - 1)


def anytime_estimate(ratios: FloatArray, *, alpha: float = ALPHA) -> Estimate:
    """The median pair ratio with a confidence sequence: an interval one may look at at any time.

    The running sum of n coin flips stays within sqrt((n + v) log((n + v) / (v a^2))) for all n at
    once with probability 1 - a: Robbins' normal mixture for sub-Gaussian sums (Robbins, 1970;
    Howard, Ramdas, McAuliffe & Sekhon, 2021, equation 14), v being the mixture's variance. It is
    about half as wide again as the fixed-size interval, the price of stopping when one likes.

    Args:
        ratios: Log ratios of the pairs taken so far.
        alpha: How often the interval may miss the effect at any time. The mixture stays the
            one that is tuned for 5 %, which costs width at other rates and never validity.
    """
    pairs = len(ratios)
    spread = pairs + MIXTURE_VARIANCE
    bound = math.sqrt(spread * math.log(spread / (MIXTURE_VARIANCE * alpha**2)))
    return _median_between(ratios, excluded=math.floor((pairs - bound) / 2))


@lru_cache(maxsize=1024)
def _fewest_heads(coins: int, rate: float) -> int:
    """The quantile of how many of so many coins show heads; looking often asks for it often."""
    return int(binom.ppf(rate, coins, 0.5))


def _median_between(ratios: FloatArray, *, excluded: int) -> Estimate:
    """The median and the interval that leaves `excluded` pairs outside at either end."""
    ordered = np.sort(ratios)
    ratio = float(np.exp(np.median(ordered)))
    if excluded < 0:
        return Estimate(ratio=ratio, low=0.0, high=math.inf)
    return Estimate(
        ratio=ratio,
        low=float(np.exp(ordered[excluded])),
        high=float(np.exp(ordered[-1 - excluded])),
    )
