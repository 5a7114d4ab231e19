import pytest

from app.accounts.models import Customer
from app.orders.selectors import order_history, order_history_naive
from tests.app.factories import NOON, make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return make_customer()


def shown(orders) -> list[tuple[object, ...]]:
    return [
        (order.pk, [(item.pk, item.product, item.product.brand) for item in order.items.all()])
        for order in orders
    ]


def test_both_histories_hold_the_same_orders_newest_first(customer: Customer) -> None:
    same_time = [make_order(customer=customer, placed_at=NOON) for _ in range(3)]
    make_order(customer=make_customer())
    history = order_history(customer=customer)
    assert list(history) == same_time[::-1]
    assert shown(history) == shown(order_history_naive(customer=customer))


def test_the_history_takes_two_queries_however_many_orders(
    customer: Customer, django_assert_num_queries
) -> None:
    for _ in range(3):
        make_order(customer=customer)
        make_order(customer=customer)
        with django_assert_num_queries(2):
            shown(order_history(customer=customer))


@pytest.mark.parametrize(("orders", "items"), [(2, 3), (4, 3)])
def test_the_naive_history_takes_more_queries_per_order_and_per_item(
    customer: Customer, orders: int, items: int, django_assert_num_queries
) -> None:
    for _ in range(orders):
        make_order(customer=customer, items=items)
    with django_assert_num_queries(1 + orders + 2 * orders * items):
        shown(order_history_naive(customer=customer))
