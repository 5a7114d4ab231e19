"""The rows of customers and their orders."""

from collections.abc import Iterator

import numpy as np

from app.orders.models import Order
from app.seeding import vocabulary
from app.seeding.draws import Draws, Integers, distinct
from app.seeding.lines import blocks, lines, moments

NAMES = tuple(
    f"{first} {last}" for first in vocabulary.FIRST_NAMES for last in vocabulary.LAST_NAMES
)
# Enough for every product to find as many reviewers as it may have.
LEAST_CUSTOMERS = 30
# Five and four on average.
ORDER_COUNTS = np.array([0, 2, 3, 5, 5, 6, 8, 11])
ITEM_COUNTS = np.array([1, 2, 3, 4, 4, 5, 6, 7])
FIRST_CUSTOMERS_ORDERS = 40


def customers_for(products: int) -> int:
    """How many customers a shop of so many products has."""
    return max(products // 10, LEAST_CUSTOMERS)


def customer_lines(*, customers: int, seed: int) -> Iterator[str]:
    """Lines of id, email, full_name, created_at."""
    for draws, ids in blocks(customers, seed=seed):
        yield lines(
            "%d\tcustomer%d@shop.example\t%s\t%s",
            ids.tolist(),
            ids.tolist(),
            draws.choices("customer.name", size=len(ids), values=NAMES),
            moments(draws, "customer.created_at", size=len(ids)),
        )


def order_lines(*, customers: int, seed: int) -> Iterator[str]:
    """Lines of id, customer_id, number, status, placed_at."""
    next_id = 1
    for draws, ids in blocks(customers, seed=seed):
        counts = _order_counts(draws, ids)
        size = counts.sum()
        orders = range(next_id, next_id + size)
        yield lines(
            "%d\t%d\tO-%010d\t%s\t%s",
            orders,
            np.repeat(ids, counts).tolist(),
            orders,
            draws.choices("order.status", size=size, values=Order.Status.values),
            moments(draws, "order.placed_at", size=size),
        )
        next_id += size


def order_item_lines(*, customers: int, products: int, seed: int) -> Iterator[str]:
    """Lines of id, order_id, product_id, quantity, unit_price."""
    next_order, next_id = 1, 1
    for draws, ids in blocks(customers, seed=seed):
        orders = np.arange(next_order, next_order + _order_counts(draws, ids).sum())
        sizes = ITEM_COUNTS[draws.integers("item.count", size=len(orders), below=len(ITEM_COUNTS))]
        counts = np.minimum(sizes, products)
        bought = distinct(draws, "item", counts=counts, among=products, most=ITEM_COUNTS.max())
        size = len(bought)
        yield lines(
            "%d\t%d\t%d\t%d\t%d.%02d",
            range(next_id, next_id + size),
            np.repeat(orders, counts).tolist(),
            (1 + bought).tolist(),
            (1 + draws.integers("item.quantity", size=size, below=4)).tolist(),
            (1 + draws.integers("item.pounds", size=size, below=400)).tolist(),
            draws.choices("item.pence", size=size, values=(0, 50, 95, 99)),
        )
        next_order += len(orders)
        next_id += size


def _order_counts(draws: Draws, ids: Integers) -> Integers:
    counts = ORDER_COUNTS[draws.integers("order.count", size=len(ids), below=len(ORDER_COUNTS))]
    # Experiments ask for the first customer, whose history shall fill more than a page.
    return np.where(ids == 1, FIRST_CUSTOMERS_ORDERS, counts)
