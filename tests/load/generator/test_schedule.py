from collections import Counter
from itertools import groupby, islice

import pytest

from headtohead.load.generator.schedule import STRETCH_SECONDS, BlockSchedule, PairSchedule


def take(schedule: PairSchedule, turns: int) -> list:
    return list(islice(schedule, turns))


def stretches(*, seconds: float, variants: int = 3, total: float = 30) -> list[tuple[int, int]]:
    """The variants that a schedule turns to and how many pairs, of these seconds, each then has."""
    schedule = PairSchedule(variants=variants, seconds=total, seed=1)
    taken = []
    for turn in schedule:
        taken.append(turn.variant)
        schedule.spend(variant=turn.variant, seconds=seconds)
    return [(variant, len(list(pairs))) for variant, pairs in groupby(taken)]


def test_every_comparison_has_one_stretch_a_round():
    # Fractions of two, which add up exactly.
    found = stretches(seconds=STRETCH_SECONDS / 32)
    # The last of one round may be the first of the next.
    assert all(pairs in {32, 64} for _, pairs in found)
    order = [variant for variant, pairs in found for _ in range(pairs // 32)]
    rounds = [order[start : start + 3] for start in range(0, len(order), 3)]
    assert all(sorted(each) == [0, 1, 2] for each in rounds)
    assert len({tuple(each) for each in rounds}) > 1


def test_pairs_that_outlast_a_stretch_go_round_one_by_one():
    found = stretches(seconds=2 * STRETCH_SECONDS, variants=2, total=8)
    assert sum(pairs for _, pairs in found) == 2 * 16
    assert max(pairs for _, pairs in found) <= 2


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


@pytest.mark.parametrize(("seconds", "rounds"), [(10, 10), (10.9, 10), (0.1, 1)])
def test_no_round_begins_that_the_time_would_not_hold(seconds, rounds):
    assert len(blocks(arms=2, seconds=seconds)) == 2 * rounds
