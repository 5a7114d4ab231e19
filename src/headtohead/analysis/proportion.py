"""Shares of requests that failed, and how far two of them differ."""

import math
from dataclasses import dataclass

from scipy.stats import norm

from headtohead.analysis.interval import ALPHA


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share or a difference of shares with its 95 % interval."""

    value: float
    low: float
    high: float


def share(*, failed: int, requests: int) -> Share:
    """The share of requests that failed, with Wilson's score interval (1927).

    It says something even where none failed, as long as failures do not come in bursts; where they
    do, it is too narrow.
    """
    quantile = float(norm.ppf(1 - ALPHA / 2))
    value = failed / requests
    widening = 1 + quantile**2 / requests
    centre = (value + quantile**2 / (2 * requests)) / widening
    reach = (
        quantile
        / widening
        * math.sqrt(value * (1 - value) / requests + (quantile / (2 * requests)) ** 2)
    )
    return Share(
        value=value,
        # Exact at the ends, where the two terms differ by a rounding error.
        low=centre - reach if failed else 0.0,
        high=centre + reach if failed < requests else 1.0,
    )


def difference(*, baseline: Share, variant: Share) -> Share:
    """How much larger the variant's share is, with Newcombe's hybrid score interval (1998)."""
    value = variant.value - baseline.value
    return Share(
        value=value,
        low=value - math.hypot(variant.value - variant.low, baseline.high - baseline.value),
        high=value + math.hypot(variant.high - variant.value, baseline.value - baseline.low),
    )
