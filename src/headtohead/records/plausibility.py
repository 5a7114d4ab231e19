"""What no run can have measured, however well its record is formed: it is damaged or made up."""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import chain

from headtohead.records.comparison import Comparison, ErrorDifference
from headtohead.records.encoding import Bounds
from headtohead.records.results import ExperimentResult

# Beyond it no number was measured, and sums of several may be too large to be drawn.
LARGEST = 1e15
# Below it ratios of two numbers are none.
_SMALLEST = 1e-30
# Nor is anything so many times as fast as something else.
LARGEST_RATIO = 1e9
# They may be negative, or any whole number.
_OTHERS = {"difference", "seed"}


def problems(experiment: ExperimentResult) -> Iterator[str]:
    """What is wrong with a result, in a few words each."""
    yield from _numbers(experiment)
    names = [variant.name for variant in experiment.variants]
    if len({*names}) != len(names):
        yield "two variants have one name"
    compared = [(each.variant, each.baseline) for each in experiment.comparisons]
    compared += [(each.variant, each.baseline) for each in experiment.error_differences]
    for name in (experiment.baseline, *chain.from_iterable(compared)):
        if name not in names:
            yield f"there is no variant {name!r}, which is compared"
    for variant in experiment.variants:
        if not 0 <= variant.errors <= variant.requests or not variant.requests:
            yield f"{variant.errors} errors of {variant.requests} requests"
        quantiles = variant.latency_ms.quantiles
        if len(quantiles) != 101 or list(quantiles) != sorted(quantiles) or quantiles[0] <= 0:
            yield f"the times of {variant.name!r} are none"
    for comparison in experiment.comparisons:
        yield from _problems_of(comparison)


def _problems_of(comparison: Comparison) -> Iterator[str]:
    if not 1 / LARGEST_RATIO <= comparison.ratio <= LARGEST_RATIO:
        yield f"`ratio` is {comparison.ratio:g}"
    intervals = [comparison.ci95, comparison.anytime_ci95]
    if comparison.carry_over:
        intervals.append(comparison.carry_over.ci99)
    for interval in intervals:
        if interval and not _is_interval(interval):
            yield f"an interval of {interval[0]:g} to {interval[1]:g}"
    if not 0 < comparison.margin < 1:
        yield f"`margin` is {comparison.margin:g}"
    if not 0 < comparison.alpha < 1:
        yield f"`alpha` is {comparison.alpha:g}"


def _is_interval(bounds: Bounds) -> bool:
    low, high = bounds
    return 0 <= low <= min(high, LARGEST) and (high <= LARGEST or math.isinf(high))


def _shown(number: float) -> str:
    # Of a whole number of any length.
    return f"{number:g}" if abs(number) < LARGEST else f"{'-' * (number < 0)}more than {LARGEST:g}"


def _numbers(value: object, name: str = "") -> Iterator[str]:
    """Numbers that nobody measured, anywhere below a value."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if name not in _OTHERS and value not in {0, math.inf} and not _SMALLEST <= value <= LARGEST:
            yield f"`{name}` is {_shown(value)}"
    elif isinstance(value, tuple):
        for each in value:
            yield from _numbers(each, name)
    elif isinstance(value, ErrorDifference):
        if not -1 <= value.difference <= 1 or value.ci95[0] > value.ci95[1]:
            yield f"`difference` is {value.difference:g}"
    elif is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name), field.name)
