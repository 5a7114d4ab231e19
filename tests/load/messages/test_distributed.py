import pytest

from headtohead.load.messages.distributed import NumberedBatch, missing_of, shares_of
from headtohead.load.messages.throughput import BlockBatch, BlockPlan
from tests.run.factories import sample


def plan(*, users: int) -> BlockPlan:
    return BlockPlan(arms=(), users=users, warm_up=1, block_seconds=1.0, seconds=1.0, seed=1)


def parcel(number: int, *, samples: int = 2, total: int | None = None) -> NumberedBatch:
    batch = BlockBatch(blocks=[], samples=[sample() for _ in range(samples)])
    return NumberedBatch(number=number, batch=batch, total=total)


@pytest.mark.parametrize(
    ("users", "workers", "shares"), [(4, 2, [2, 2]), (8, 3, [3, 3, 2]), (3, 3, [1, 1, 1])]
)
def test_users_are_spread_evenly_and_none_is_lost(users, workers, shares):
    assert [share.users for share in shares_of(plan(users=users), workers=workers)] == shares


def test_nothing_is_missing_when_all_batches_and_requests_arrived_in_order():
    assert missing_of([parcel(0), parcel(1), parcel(2, samples=1, total=5)]) == ""


@pytest.mark.parametrize(
    ("arrived", "missing"),
    [
        ([], "its last batch"),
        ([parcel(0), parcel(1)], "its last batch"),
        ([parcel(0), parcel(2, total=6)], "batch 2"),
        ([parcel(1), parcel(2, total=6)], "batch 1"),
        ([parcel(0), parcel(0), parcel(1, total=6)], "the order of its batches"),
        ([parcel(1), parcel(0, total=4)], "the order of its batches"),
        ([parcel(0, samples=1), parcel(1, total=4)], "1 of 4 requests"),
    ],
)
def test_what_is_missing_is_named(arrived, missing):
    assert missing_of(arrived) == missing
