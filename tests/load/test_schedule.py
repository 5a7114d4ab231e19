from collections import Counter
from itertools import islice

import pytest

from headtohead.load.schedule import PairSchedule


def take(schedule: PairSchedule, turns: int) -> list:
    return list(islice(schedule, turns))


def test_coin_decides_who_goes_first_about_equally_often():
    turns = take(PairSchedule(variants=1, seconds=1, seed=1), 10_000)
    # Four standard deviations of ten thousand fair flips are 200.
    assert sum(turn.baseline_first for turn in turns) == pytest.approx(5000, abs=200)


def test_same_seed_gives_the_same_turns_and_another_seed_others():
    def turns(seed: int) -> list:
        return take(PairSchedule(variants=2, seconds=1, seed=seed), 50)

    assert turns(1) == turns(1)
    assert turns(1) != turns(2)


def test_every_comparison_has_one_turn_a_round():
    turns = take(PairSchedule(variants=3, seconds=1, seed=1), 300)
    rounds = [turns[start : start + 3] for start in range(0, 300, 3)]
    assert all(sorted(turn.variant for turn in each) == [0, 1, 2] for each in rounds)
    assert len({tuple(turn.variant for turn in each) for each in rounds}) > 1


def test_comparison_ends_when_its_time_is_spent():
    schedule = PairSchedule(variants=2, seconds=1, seed=1)
    counts: Counter[int] = Counter()
    for turn in schedule:
        counts[turn.variant] += 1
        schedule.spend(variant=turn.variant, seconds=0.25 if turn.variant == 0 else 0.5)
    assert counts == {0: 4, 1: 2}


def test_closed_comparison_has_no_further_turn():
    schedule = PairSchedule(variants=2, seconds=1, seed=1)
    turns = iter(schedule)
    next(turns)
    schedule.close(0)
    schedule.close(0)
    assert {turn.variant for turn in islice(turns, 20)} == {1}


def test_all_closed_ends_the_schedule():
    schedule = PairSchedule(variants=1, seconds=1, seed=1)
    schedule.close(0)
    assert list(schedule) == []
