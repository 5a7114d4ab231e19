"""Changing a stock, alone and while another transaction has just changed it."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from app.accounts.models import User
from app.catalog.errors import InsufficientStockError
from app.catalog.models import Product
from app.catalog.selectors import product_detail
from app.catalog.services import stock_change
from app.catalog.stock import stock_add, stock_add_to_what_was_read, stock_add_under_lock
from tests.app.factories import make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)

each_way = pytest.mark.parametrize(
    "add", [stock_add, stock_add_under_lock, stock_add_to_what_was_read]
)
Add = Callable[..., None]


@pytest.fixture
def product() -> Product:
    return make_product(stock=10)


@pytest.fixture
def address(product: Product) -> str:
    return f"/api/products/{product.pk}/stock/"


@each_way
@pytest.mark.parametrize(("by", "left"), [(-10, 0), (0, 10), (5, 15)])
def test_every_way_adds_and_counts_up_the_version(
    product: Product, add: Add, by: int, left: int
) -> None:
    before = product.updated_at
    with transaction.atomic():
        add(product_id=product.pk, by=by)
    product.refresh_from_db()
    assert (product.stock, product.version) == (left, 2)
    assert product.updated_at > before


@each_way
def test_no_way_takes_more_than_there_is(product: Product, add: Add) -> None:
    with pytest.raises(InsufficientStockError), transaction.atomic():
        add(product_id=product.pk, by=-11)
    product.refresh_from_db()
    assert (product.stock, product.version) == (10, 1)


@each_way
def test_every_way_says_that_there_is_no_such_product(add: Add) -> None:
    with pytest.raises(Product.DoesNotExist), transaction.atomic():
        add(product_id=1, by=0)


@pytest.mark.parametrize(
    ("add", "left"), [(stock_add, 4), (stock_add_under_lock, 4), (stock_add_to_what_was_read, 7)]
)
def test_only_what_is_not_read_before_it_may_be_written_survives_another_change(
    product: Product, add: Add, left: int
) -> None:
    """Three are taken while a transaction that takes three others has not yet committed."""
    other = threading.Thread(target=in_another_connection, args=[add, product.pk])
    with transaction.atomic():
        Product.objects.filter(pk=product.pk).update(stock=7)
        other.start()
        wait_until_another_waits_for_a_lock()
    other.join()
    product.refresh_from_db()
    assert product.stock == left


def in_another_connection(add: Add, product_id: int) -> None:
    try:
        with transaction.atomic():
            add(product_id=product_id, by=-3)
    finally:
        connection.close()


def wait_until_another_waits_for_a_lock() -> None:
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        waiting = 0
        while not waiting:
            assert time.monotonic() < deadline, "nobody ever waited"
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            ((waiting,),) = cursor.fetchall()


def test_after_a_change_the_page_is_right(product: Product) -> None:
    product_detail(product_id=product.pk)
    stock_change(product_id=product.pk, by=-3)
    assert product_detail(product_id=product.pk)["stock"] == 7


def test_staff_change_the_stock(
    api: APIClient, product: Product, address: str, editor: User
) -> None:
    api.force_authenticate(editor)
    response = api.post(address, {"by": -3})
    assert (response.status_code, response.json()) == (200, {"by": -3})
    product.refresh_from_db()
    assert product.stock == 7


def test_fewer_than_that_are_left(api: APIClient, address: str, editor: User) -> None:
    api.force_authenticate(editor)
    response = api.post(address, {"by": -11})
    assert response.status_code == 409
    assert response.json()["detail"] == "There are not that many in stock."


@pytest.mark.parametrize("by", [None, "x", 10_001, -10_001, 1.5])
def test_a_change_that_is_no_number_of_pieces_is_refused(
    api: APIClient, address: str, editor: User, by: object
) -> None:
    api.force_authenticate(editor)
    response = api.post(address, {"by": by})
    assert response.status_code == 400
    assert response.json()["errors"].keys() == {"by"}


def test_a_product_that_is_not_there_has_no_stock(api: APIClient, editor: User) -> None:
    api.force_authenticate(editor)
    assert api.post("/api/products/999/stock/", {"by": 0}).status_code == 404


def test_others_may_not(api: APIClient, address: str) -> None:
    assert api.post(address, {"by": 0}).status_code == 401
    api.force_authenticate(make_user(is_staff=True))
    assert api.post(address, {"by": 0}).status_code == 403


def test_whoever_may_measure_the_server_may(api: APIClient, address: str, settings) -> None:
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"TOKEN": "token-of-this-test"}
    headers = {"HeadToHead-Token": "token-of-this-test"}
    assert api.post(address, {"by": 0}, headers=headers).status_code == 200
