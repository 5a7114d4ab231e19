import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.analysis.growth import (
    CountTrend,
    PowerLaw,
    Trend,
    count_trend,
    power_law,
    step_exponents,
    trend,
)

ENDS = ("exponent", "low", "high")
# At least twice as many rows from each size to the next.
SIZES = st.lists(st.integers(0, 20), min_size=3, max_size=8, unique=True).map(
    lambda powers: np.array([100.0 * 2**power for power in sorted(powers)])
)
FACTORS = st.floats(0.01, 100)


def noisy(rows: np.ndarray, *, seed: int, exponent: float = 0.5, noise: float = 0.1) -> np.ndarray:
    off = np.random.default_rng(seed).normal(scale=noise, size=len(rows))
    return 2.0 * rows**exponent * np.exp(off)


@given(rows=SIZES, exponent=st.floats(-1, 3), factor=FACTORS)
def test_an_exact_power_law_is_recovered_with_hardly_any_interval(rows, exponent, factor):
    law = power_law(rows=rows, milliseconds=factor * rows**exponent)
    for end in ENDS:
        assert getattr(law, end) == pytest.approx(exponent, abs=1e-6)


def test_equal_times_have_the_exponent_zero():
    law = power_law(rows=np.array([1e3, 1e4, 1e5]), milliseconds=np.array([7.0, 7.0, 7.0]))
    assert (law.exponent, law.low, law.high) == (0, 0, 0)
    assert trend(law) is Trend.FLAT


@given(rows=SIZES, seed=st.integers(0, 1000), factor=FACTORS)
def test_neither_another_unit_of_time_nor_of_rows_changes_anything(rows, seed, factor):
    times = noisy(rows, seed=seed)
    law = power_law(rows=rows, milliseconds=times)
    others = (
        power_law(rows=rows, milliseconds=factor * times),
        power_law(rows=factor * rows, milliseconds=times),
    )
    for other in others:
        for end in ENDS:
            assert getattr(other, end) == pytest.approx(getattr(law, end), rel=1e-6, abs=1e-6)


@given(rows=SIZES, seed=st.integers(0, 1000), more=st.floats(0.1, 2))
def test_growth_by_a_further_power_moves_the_interval_by_it(rows, seed, more):
    times = noisy(rows, seed=seed)
    law = power_law(rows=rows, milliseconds=times)
    steeper = power_law(rows=rows, milliseconds=times * rows**more)
    for end in ENDS:
        assert getattr(steeper, end) - getattr(law, end) == pytest.approx(more, abs=1e-6)


@pytest.mark.parametrize("sizes", [3, 4, 7])
def test_the_interval_holds_the_exponent_as_often_as_it_says(sizes):
    rows = np.geomspace(1e3, 1e6, sizes)
    laws = [power_law(rows=rows, milliseconds=noisy(rows, seed=seed)) for seed in range(2000)]
    covered = np.mean([law.low <= 0.5 <= law.high for law in laws])
    assert covered == pytest.approx(0.95, abs=0.015)


def test_a_bend_shows_from_step_to_step_and_makes_the_interval_wide():
    rows = np.array([1e3, 1e4, 1e5])
    times = 5 + 0.001 * rows
    steps = step_exponents(rows=rows, milliseconds=times)
    assert steps == pytest.approx((np.log10(15 / 6), np.log10(105 / 15)))
    assert trend(power_law(rows=rows, milliseconds=times)) is Trend.UNKNOWN


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (-0.05, 0.08, Trend.FLAT),
        (-0.9, -0.2, Trend.FLAT),
        (-0.05, 0.12, Trend.UNKNOWN),
        (-3.0, 5.0, Trend.UNKNOWN),
        (0.3, 0.7, Trend.SQUARE_ROOT),
        (0.9, 1.1, Trend.LINEAR),
        (0.6, 1.1, Trend.SOMEHOW),
        (0.12, 0.2, Trend.SOMEHOW),
        (1.1, 1.6, Trend.SOMEHOW),
        (1.3, 2.5, Trend.SUPERLINEAR),
    ],
)
def test_words_say_what_the_whole_interval_allows(low, high, word):
    assert trend(PowerLaw(exponent=(low + high) / 2, low=low, high=high)) is word


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        ([3, 3, 3], CountTrend.CONSTANT),
        ([0.01, 0, 0.02], CountTrend.CONSTANT),
        ([52, 102, 102], CountTrend.GROWING),
        ([4, 3, 3], CountTrend.VARYING),
        ([3, 5, 3], CountTrend.VARYING),
    ],
)
def test_counts_are_compared_as_they_are(counts, word):
    assert count_trend(counts) is word
