from collections import Counter
from itertools import islice

import pytest

from headtohead.load.schedule import BlockSchedule, PairSchedule


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


def blocks(*, arms: int, seconds: float, seed: int = 1, each: float = 0.5) -> list:
    schedule = BlockSchedule(arms=arms, seconds=seconds, seed=seed)
    turns = []
    for turn in schedule:
        turns.append(turn)
        schedule.spend(each)
    return turns


def test_every_round_holds_every_arm_once_in_an_order_of_its_own():
    turns = blocks(arms=3, seconds=150)
    rounds = [turns[start : start + 3] for start in range(0, len(turns), 3)]
    for number, round_ in enumerate(rounds):
        assert sorted(turn.arm for turn in round_) == [0, 1, 2]
        assert {turn.round for turn in round_} == {number}
    orders = Counter(tuple(turn.arm for turn in round_) for round_ in rounds)
    assert len(orders) == 6


def test_seed_decides_the_order_of_blocks():
    assert blocks(arms=2, seconds=50) == blocks(arms=2, seconds=50)
    assert blocks(arms=2, seconds=50) != blocks(arms=2, seconds=50, seed=2)


@pytest.mark.parametrize(("seconds", "rounds"), [(10, 10), (10.9, 10), (0.1, 1)])
def test_no_round_begins_that_the_time_would_not_hold(seconds, rounds):
    assert len(blocks(arms=2, seconds=seconds)) == 2 * rounds
