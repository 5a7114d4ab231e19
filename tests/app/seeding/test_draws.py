import numpy as np
import pytest

from app.seeding.draws import Draws, distinct, positions


def test_the_numbers_are_the_same_for_ever() -> None:
    draws = Draws(seed=1, block=0)
    assert draws.integers("price", size=5, below=1000).tolist() == [382, 976, 810, 677, 883]


@pytest.mark.parametrize(
    ("seed", "block", "column"), [(2, 0, "price"), (1, 1, "price"), (1, 0, "stock")]
)
def test_seed_block_and_column_each_make_other_numbers(seed: int, block: int, column: str) -> None:
    numbers = Draws(seed=1, block=0).integers("price", size=50, below=1000)
    others = Draws(seed=seed, block=block).integers(column, size=50, below=1000)
    assert (numbers != others).any()


def test_integers_lie_below_their_limit() -> None:
    numbers = Draws(seed=1, block=0).integers("price", size=1000, below=7)
    assert set(numbers.tolist()) == set(range(7))


def test_positions_count_within_each_parent() -> None:
    assert positions(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]


@pytest.mark.parametrize("among", [5, 6, 7, 41, 1000])
def test_indices_of_one_parent_are_distinct(among: int) -> None:
    counts = np.arange(2000) % 6
    indices = distinct(Draws(seed=1, block=0), "tag", counts=counts, among=among, most=5)
    parents = np.repeat(np.arange(2000), counts)
    pairs = set(zip(parents.tolist(), indices.tolist(), strict=True))
    assert len(pairs) == counts.sum()
    assert set(indices.tolist()) <= set(range(among))
