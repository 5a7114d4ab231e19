"""Placing an order: what is written, by whom it is followed up, and what a refusal leaves."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from app.accounts.models import Customer
from app.catalog.models import Product
from app.orders.errors import OrderClosedError, PaymentDeclinedError, UnknownProductError
from app.orders.fulfilment import order_fulfil
from app.orders.handover import (
    fulfilment_request,
    fulfilment_request_after_commit,
    fulfilment_request_early,
    fulfilment_request_inline,
)
from app.orders.models import Confirmation, Fulfilment, Order, OrderItem, StockReservation
from app.orders.services import PlacedOrder, order_place
from tests.app.concurrency import held_back_until_all_wait
from tests.app.factories import make_customer, make_product, make_user

# Without a broker, a task runs when it is handed over: early within the transaction, else after it.
pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "the-token-of-this-server"
DONE, ORDER_MISSING = Fulfilment.Outcome.DONE, Fulfilment.Outcome.ORDER_MISSING


@pytest.fixture
def customer() -> Customer:
    return make_customer(user=make_user(), full_name="Ada & Co")


@pytest.fixture
def products() -> list[Product]:
    return [make_product(price=Decimal("9.50"), tags=0), make_product(price=Decimal(1), tags=0)]


def place(customer: Customer, quantities: dict[int, int], **changes: Any) -> PlacedOrder:
    known = {"reference": "first", "card": "any"}
    return order_place(customer=customer, quantities=quantities, **(known | changes))


def rows() -> dict[str, int]:
    models = (Order, OrderItem, StockReservation, Confirmation, Fulfilment)
    return {model.__name__: model.objects.count() for model in models}


def test_two_orders_of_one_reference_at_once_leave_the_items_of_one(
    threads: ThreadPoolExecutor, customer: Customer, products: list[Product]
) -> None:
    one, other = products
    place(customer, {one.pk: 1, other.pk: 1})
    wanted = ({one.pk: 2}, {other.pk: 3})
    with held_back_until_all_wait(Order.objects.all(), number=2):
        placing = [threads.submit(place, customer, quantities) for quantities in wanted]
    for each in placing:
        each.result()
    order = Order.objects.get()
    items = dict(order.items.values_list("product", "quantity"))
    assert items in wanted
    assert dict(order.reservations.values_list("product", "quantity")) == items


def test_an_order_is_placed_and_followed_up(customer: Customer, products: list[Product]) -> None:
    one, other = products
    placed = place(customer, {one.pk: 2, other.pk: 3})
    assert placed.total == Decimal("22.00")
    order = Order.objects.get(number=f"C-{customer.pk}-first")
    assert list(order.items.values_list("product", "quantity", "unit_price")) == [
        (one.pk, 2, Decimal("9.50")),
        (other.pk, 3, Decimal(1)),
    ]
    assert dict(order.reservations.values_list("product", "quantity")) == {one.pk: 2, other.pk: 3}
    assert "Ada & Co" in order.confirmation.text
    assert "Ada &amp; Co" in order.confirmation.html
    for letter in (order.confirmation.text, order.confirmation.html):
        assert one.name in letter
        assert "22.00" in letter
    fulfilment = Fulfilment.objects.get()
    assert (fulfilment.order_number, fulfilment.outcome) == (order.number, DONE)
    assert fulfilment.requested_at <= fulfilment.started_at <= fulfilment.finished_at


def test_the_same_reference_replaces_the_order_and_leaves_no_more_rows(
    customer: Customer, products: list[Product]
) -> None:
    one, other = products
    place(customer, {one.pk: 2, other.pk: 3})
    ids = set(OrderItem.objects.values_list("pk", flat=True))
    for _ in range(3):
        place(customer, {one.pk: 4, other.pk: 3})
    assert rows() == {
        "Order": 1,
        "OrderItem": 2,
        "StockReservation": 2,
        "Confirmation": 1,
        "Fulfilment": 1,
    }
    assert set(OrderItem.objects.values_list("pk", flat=True)) == ids
    place(customer, {other.pk: 1})
    assert OrderItem.objects.get().product == other
    reservation = StockReservation.objects.get()
    assert (reservation.product, reservation.quantity) == (other, 1)


def test_customers_do_not_meet_in_a_reference(products: list[Product]) -> None:
    for customer in (make_customer(), make_customer()):
        place(customer, {products[0].pk: 1})
    assert Order.objects.count() == 2


def test_an_order_that_is_handled_stays_as_it_is(
    customer: Customer, products: list[Product]
) -> None:
    place(customer, {products[0].pk: 1})
    Order.objects.update(status=Order.Status.SHIPPED)
    with pytest.raises(OrderClosedError):
        place(customer, {products[0].pk: 5})
    assert OrderItem.objects.get().quantity == 1


def test_an_unknown_product_is_named(customer: Customer, products: list[Product]) -> None:
    unknown = products[1].pk + 1
    with pytest.raises(UnknownProductError, match=str(unknown)):
        place(customer, {products[0].pk: 1, unknown: 1})
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "hand_over",
    [fulfilment_request, fulfilment_request_after_commit, fulfilment_request_inline],
)
def test_a_declined_card_leaves_nothing(
    hand_over: Any, customer: Customer, products: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.orders.handover.fulfilment_request", hand_over)
    with pytest.raises(PaymentDeclinedError):
        place(customer, {products[0].pk: 1}, card="declined")
    assert set(rows().values()) == {0}


def test_a_task_is_not_handed_over_before_the_order_is_committed(
    customer: Customer, products: list[Product]
) -> None:
    with transaction.atomic():
        place(customer, {products[0].pk: 1})
        assert not Fulfilment.objects.exists()
    assert Fulfilment.objects.get().outcome == DONE


def test_one_that_is_handed_over_early_runs_before_it() -> None:
    with transaction.atomic():
        fulfilment_request_early(number="C-1-nobody")
        assert Fulfilment.objects.get().outcome == ORDER_MISSING


def test_a_ghost_is_told_and_forgotten_once_there_is_an_order(
    customer: Customer, products: list[Product]
) -> None:
    number = f"C-{customer.pk}-first"
    assert order_fulfil(number=number, requested_at=timezone.now()) == ORDER_MISSING
    place(customer, {products[0].pk: 1})
    assert Fulfilment.objects.get().outcome == DONE


@pytest.fixture
def path(customer: Customer) -> str:
    return f"/api/customers/{customer.pk}/checkout/"


@pytest.fixture
def body(products: list[Product]) -> dict[str, Any]:
    return {
        "reference": "first",
        "card": "any",
        "items": [{"product_id": product.pk, "quantity": 1} for product in products],
    }


def test_a_customer_orders_and_sees_how_far_the_order_is(
    api: APIClient, customer: Customer, path: str, body: dict[str, Any]
) -> None:
    api.force_authenticate(customer.user)
    response = api.post(path, body)
    assert response.status_code == 201
    assert response.json() == {
        "number": f"C-{customer.pk}-first",
        "status": "placed",
        "items": [
            {**item, "unit_price": price}
            for item, price in zip(body["items"], ("9.50", "1.00"), strict=True)
        ],
        "total": "10.50",
    }
    fulfilments = f"/api/customers/{customer.pk}/orders"
    fulfilment = api.get(f"{fulfilments}/first/fulfilment/").json()
    assert fulfilment["outcome"] == "done"
    assert api.get(f"{fulfilments}/second/fulfilment/").status_code == 404


def test_asking_again_gets_the_same_answer(
    api: APIClient, customer: Customer, path: str, body: dict[str, Any]
) -> None:
    api.force_authenticate(customer.user)
    first, again = api.post(path, body), api.post(path, body)
    assert (first.status_code, first.content) == (again.status_code, again.content)


def test_whoever_measures_this_server_orders_for_anybody_and_others_for_nobody(
    api: APIClient, path: str, body: dict[str, Any], settings: Settings
) -> None:
    settings.HEADTOHEAD = {"TOKEN": TOKEN}
    assert api.post(path, body, headers={"HeadToHead-Token": TOKEN}).status_code == 201
    assert api.post(path, body).status_code == 401
    api.force_authenticate(make_customer(user=make_user()).user)
    assert api.post(path, body).status_code == 403
    assert api.get(path.replace("checkout", "orders/first/fulfilment")).status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"card": "declined"}, 402, "declined"),
        ({"reference": "Not So!"}, 400, "reference"),
        ({"items": []}, 400, "items"),
        ({"items": [{"product_id": 10**6, "quantity": 1}]}, 400, "no product has the id 1000000"),
        ({"items": [{"product_id": 1, "quantity": 1}] * 2}, 400, "Name each product once"),
        ({"items": [{"product_id": 1, "quantity": 0}]}, 400, "quantity"),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_a_reason(
    api: APIClient,
    customer: Customer,
    path: str,
    body: dict[str, Any],
    change: dict[str, Any],
    status: int,
    told: str,
) -> None:
    api.force_authenticate(customer.user)
    response = api.post(path, body | change)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert told in response.content.decode()
    assert not Order.objects.exists()


def test_an_order_under_way_and_an_unknown_customer_are_refused(
    api: APIClient, customer: Customer, path: str, body: dict[str, Any]
) -> None:
    api.force_authenticate(make_user(is_staff=True))
    api.post(path, body)
    Order.objects.update(status=Order.Status.PAID)
    assert api.post(path, body).status_code == 409
    assert api.post("/api/customers/1000000/checkout/", body).status_code == 404
