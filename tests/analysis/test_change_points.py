import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headtohead.analysis.change_points import FEWEST, changes
from tests.ci.history.samples import STEP

NOISES = {
    "normal": lambda random, size: random.normal(0, 0.02, size),
    "heavy-tailed": lambda random, size: 0.012 * random.standard_t(3, size),
    "skewed": lambda random, size: 0.02 * (random.exponential(1, size) - 1),
    "coarse": lambda random, size: np.round(random.normal(0, 0.02, size), 2),
}


def quiet(noise: str, *, seed: int, size: int) -> list[float]:
    return np.exp(NOISES[noise](np.random.default_rng(seed), size)).tolist()


def test_a_step_is_found_where_it_is_with_its_size():
    (change,) = changes(STEP)
    assert change.index == 10
    assert change.ci95[0] < 1.05 < change.ci95[1]
    assert (change.before, change.after) == (pytest.approx(1, abs=0.01), pytest.approx(1.05, 0.01))
    assert change.step == pytest.approx(change.after / change.before)


def test_steps_in_both_directions_are_found():
    series = [*STEP, *(0.9 * ratio for ratio in STEP[:8])]
    assert [change.index for change in changes(series)] == [10, 16]
    assert [change.step > 1 for change in changes(series)] == [True, False]


@pytest.mark.simulation
@pytest.mark.parametrize("noise", NOISES)
def test_a_quiet_series_has_a_change_in_one_of_a_hundred(noise):
    # Of so many at one in a hundred each, more than seven would be one case in a thousand.
    found = [bool(changes(quiet(noise, seed=seed, size=40))) for seed in range(200)]
    assert sum(found) <= 7


@pytest.mark.simulation
@pytest.mark.parametrize("noise", ["normal", "heavy-tailed"])
def test_five_percent_are_found_within_a_few_commits(noise):
    found = 0
    for seed in range(40):
        series = quiet(noise, seed=seed, size=36)
        stepped = [*series[:30], *(1.05 * ratio for ratio in series[30:])]
        found += any(abs(change.index - 30) <= 1 for change in changes(stepped))
    assert found >= 32


def test_one_odd_measurement_is_no_change():
    series = quiet("normal", seed=3, size=30)
    series[12] *= 1.5
    assert changes(series) == ()


@pytest.mark.parametrize("size", range(2 * FEWEST))
def test_a_series_too_short_to_tell_has_no_change(size):
    assert changes([1.0, 2.0, 1.0, 3.0, 1.0][:size]) == ()


def test_values_that_are_all_the_same_have_no_change():
    assert changes([1.0] * 20) == ()


def test_exact_levels_have_an_exact_step():
    (change,) = changes([1.0] * 8 + [2.0] * 8)
    assert change.index == 8
    assert change.ci95 == (pytest.approx(2), pytest.approx(2))


@pytest.mark.simulation
@settings(max_examples=20)
@given(factor=st.floats(0.01, 100))
def test_the_unit_changes_nothing_but_the_levels(factor):
    scaled = changes([factor * ratio for ratio in STEP])
    assert [change.index for change in scaled] == [10]
    assert math.isclose(scaled[0].before, factor * changes(STEP)[0].before)
