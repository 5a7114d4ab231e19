from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headtohead.load.messages.open_model import Arrivals, arrival_offsets

KINDS = st.sampled_from(Arrivals)


def offsets(kind: Arrivals, **changes: float) -> list[float]:
    fields = {"rate": 50.0, "seconds": 0.5, "seed": 1, "round_number": 0}
    return arrival_offsets(kind, **fields | changes)


@given(
    kind=KINDS,
    rate=st.floats(0.5, 2000),
    expected=st.floats(1, 200),
    seed=st.integers(0, 2**32),
    round_number=st.integers(0, 1000),
)
def test_arrivals_ascend_within_the_stretch_and_are_the_same_whenever_asked(
    kind, rate, expected, seed, round_number
):
    fields = {
        "rate": rate,
        "seconds": expected / rate,
        "seed": seed,
        "round_number": round_number,
    }
    found = offsets(kind, **fields)
    assert found
    assert all(earlier < later for earlier, later in pairwise([-1.0, *found, expected / rate]))
    assert offsets(kind, **fields) == found


@given(rate=st.floats(0.5, 2000), expected=st.floats(1, 200))
def test_constant_arrivals_are_evenly_spaced_from_the_beginning(rate, expected):
    found = offsets(Arrivals.CONSTANT, rate=rate, seconds=expected / rate)
    assert found[0] == 0
    assert len(found) == pytest.approx(expected, abs=1)
    assert [later - earlier for earlier, later in pairwise(found)] == pytest.approx(
        [1 / rate] * (len(found) - 1)
    )


def test_poisson_arrivals_have_the_rate_and_the_spread_of_a_poisson_process():
    counts = [
        len(offsets(Arrivals.POISSON, round_number=number, seconds=2.0)) for number in range(400)
    ]
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / len(counts)
    assert mean == pytest.approx(100, rel=0.02)
    assert variance == pytest.approx(100, rel=0.25)
