"""The export of all products, made whole or while it is sent."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponseBase
from rest_framework.test import APIClient

from app.catalog.export import ROWS_AT_ONCE, export_response, export_response_buffered
from app.seeding.seed import shop_seed
from tests.app.factories import make_brand, make_category, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)

EXPORT = "/api/products/export/"
Make = Callable[[], HttpResponseBase]
each_way = pytest.mark.parametrize("make", [export_response, export_response_buffered])


@each_way
@pytest.mark.parametrize("products", [0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1])
def test_every_way_makes_an_array_of_all_products_by_id(make: Make, products: int) -> None:
    if products:
        shop_seed(products=products, seed=1)
    response = make()
    rows = json.loads(response.getvalue())
    assert [row["id"] for row in rows] == list(range(1, products + 1))
    assert response["Content-Type"] == "application/json"


@each_way
def test_every_way_writes_a_product_as_the_api_does(api: APIClient, make: Make) -> None:
    product = make_product(
        brand=make_brand(name="Ferro"), category=make_category(name="Töpfe"), stock=3
    )
    (row,) = json.loads(make().getvalue())
    page = api.get(f"/api/products/{product.pk}/").json()
    assert (row.pop("brand_name"), row.pop("category_name")) == ("Ferro", "Töpfe")
    assert row == {name: page[name] for name in row}


def test_a_response_that_is_sent_while_it_is_made_comes_in_parts() -> None:
    shop_seed(products=2 * ROWS_AT_ONCE, seed=1)
    response = export_response()
    parts = list(response)
    assert [part.count(b"{") for part in parts] == [ROWS_AT_ONCE, ROWS_AT_ONCE, 0]


def test_a_client_that_leaves_early_leaves_no_cursor() -> None:
    shop_seed(products=2 * ROWS_AT_ONCE, seed=1)
    response = export_response()
    next(iter(response))
    assert open_cursors() == 1
    response.close()
    del response
    assert open_cursors() == 0


def open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '\\_django%%'")
        ((found,),) = cursor.fetchall()
    return found


def test_staff_export(api: APIClient) -> None:
    product = make_product()
    api.force_authenticate(make_user(is_staff=True))
    rows = json.loads(api.get(EXPORT).getvalue())
    assert [row["sku"] for row in rows] == [product.sku]


def test_others_do_not(api: APIClient) -> None:
    assert api.get(EXPORT).status_code == 401
    api.force_authenticate(make_user())
    assert api.get(EXPORT).status_code == 403
