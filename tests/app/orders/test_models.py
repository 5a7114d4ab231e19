"""The database itself refuses what would not be an order."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from app.orders.models import Order, OrderItem
from tests.app.factories import make_customer, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make_order(customer=make_customer(), items=1)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"quantity": 0}, "order_item_quantity_positive"),
        ({"unit_price": Decimal("-0.01")}, "order_item_price_not_negative"),
    ],
)
def test_an_item_keeps_its_numbers_in_range(
    order: Order, changes: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        order.items.update(**changes)


def test_an_order_names_a_product_once(order: Order) -> None:
    product = order.items.get().product
    with pytest.raises(IntegrityError, match="order_item_unique"):
        OrderItem.objects.create(order=order, product=product, quantity=1, unit_price=1)


def test_an_order_has_a_known_status(order: Order) -> None:
    with pytest.raises(IntegrityError, match="order_status_known"):
        Order.objects.filter(pk=order.pk).update(status="lost")


@pytest.mark.parametrize("status", Order.Status)
def test_the_database_knows_every_status(order: Order, status: str) -> None:
    Order.objects.filter(pk=order.pk).update(status=status)


def test_an_order_number_is_unique(order: Order) -> None:
    with pytest.raises(IntegrityError, match="order_number_unique"):
        Order.objects.create(customer=order.customer, number=order.number)


def test_what_was_ordered_and_who_ordered_it_stay(order: Order) -> None:
    with pytest.raises(ProtectedError):
        order.items.get().product.delete()
    with pytest.raises(ProtectedError):
        order.customer.delete()
