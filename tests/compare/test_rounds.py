"""How long each launch of a comparison is measured."""

import pytest

from headtohead.analysis.verdicts import NEEDED_PAIRS
from headtohead.compare.rounds import seconds_of_launch


def measured(*, pairs_a_second: float, rounds: int, budget: float = 20) -> tuple[int, float]:
    """Pairs and seconds of a whole comparison."""
    taken, spent = 0, 0.0
    for number in range(rounds):
        seconds = seconds_of_launch(
            taken=taken, spent=spent, left=rounds - number, budget=budget, rounds=rounds
        )
        spent += seconds
        # A pair that has begun is finished.
        taken += int(seconds * pairs_a_second) + 1
    return taken, spent


@pytest.mark.parametrize("rounds", [4, 8, 20])
@pytest.mark.parametrize("pairs_a_second", [4, 10, 100])
def test_launches_share_the_budget(pairs_a_second, rounds):
    assert measured(pairs_a_second=pairs_a_second, rounds=rounds)[1] == pytest.approx(20)


@pytest.mark.parametrize("rounds", [4, 8, 20])
@pytest.mark.parametrize("pairs_a_second", [0.8, 1, 1.7, 2.5])
def test_where_requests_take_long_there_are_enough_pairs_all_the_same(pairs_a_second, rounds):
    taken, spent = measured(pairs_a_second=pairs_a_second, rounds=rounds)
    assert taken >= NEEDED_PAIRS
    assert spent <= max(20, 1.3 * 1.2 * NEEDED_PAIRS / pairs_a_second)


def test_what_takes_minutes_is_given_up():
    assert measured(pairs_a_second=0.01, rounds=8)[1] < 4 * 20
