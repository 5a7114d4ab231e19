from collections.abc import Collection, Mapping

import pytest

from app.graph.batching import BatchLoader


def loader(awaited: set[int], batches: list[set[int]]) -> BatchLoader[int, str]:
    def fetch(keys: Collection[int]) -> Mapping[int, str]:
        batches.append(set(keys))
        return {key: str(key) for key in keys if key > 0}

    return BatchLoader(fetch, awaited=lambda: awaited)


def test_the_first_key_brings_all_that_are_awaited() -> None:
    batches: list[set[int]] = []
    numbers = loader({1, 2, 3}, batches)
    assert [numbers.load(key) for key in (2, 1, 3, 2)] == ["2", "1", "3", "2"]
    assert batches == [{1, 2, 3}]


def test_keys_that_are_awaited_later_come_together_and_only_once() -> None:
    batches: list[set[int]] = []
    awaited = {1}
    numbers = loader(awaited, batches)
    numbers.load(1)
    awaited |= {2, 3}
    numbers.load(2)
    numbers.load(3)
    assert batches == [{1}, {2, 3}]


def test_a_key_that_nobody_announced_is_fetched_too() -> None:
    batches: list[set[int]] = []
    assert loader(set(), batches).load(7) == "7"
    assert batches == [{7}]


def test_a_value_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        loader(set(), []).load(-1)
