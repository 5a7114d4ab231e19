from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from rest_framework.utils.serializer_helpers import ReturnList

from app.catalog.cursors import LARGEST, FeedCursor
from app.catalog.feed import (
    feed_products,
    feed_products_by_offset,
    feed_rows,
    feed_rows_by_serializer,
)
from app.catalog.models import Product
from tests.app.factories import make_brand, make_category, make_product, make_tag

pytestmark = pytest.mark.django_db

Find = Callable[..., QuerySet[Product]]
each_way = pytest.mark.parametrize("find", [feed_products, feed_products_by_offset])


def make_products(number: int) -> list[Product]:
    brand, category = make_brand(), make_category()
    return [make_product(brand=brand, category=category, tags=0) for _ in range(number)]


def rows_read(products: QuerySet[Product]) -> int:
    """How many rows the database reads from the table, as it says itself."""
    sql, parameters = products.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        ((((plan),),),) = cursor.fetchall()
    node = plan["Plan"]
    while "Plans" in node:
        (node,) = node["Plans"]
    return round(node["Actual Rows"])


@each_way
def test_the_feed_goes_on_after_the_cursor_by_id(find: Find) -> None:
    products = make_products(5)
    cursor = FeedCursor(position=2, last_id=products[1].pk)
    assert list(find(cursor=cursor)[:2]) == products[2:4]


@each_way
def test_without_a_cursor_the_feed_begins_with_the_first(find: Find) -> None:
    products = make_products(3)
    assert list(find(cursor=FeedCursor())) == products


@each_way
def test_after_the_last_product_there_is_none(find: Find) -> None:
    products = make_products(2)
    assert not find(cursor=FeedCursor(position=2, last_id=products[-1].pk))
    assert not find(cursor=FeedCursor(position=LARGEST, last_id=LARGEST))[:21]


def test_rows_read_grow_with_the_position_by_offset_and_stay_the_same_by_key() -> None:
    products = make_products(40)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    places = [
        FeedCursor(position=position, last_id=products[position - 1].pk)
        for position in (10, 20, 30)
    ]
    assert [rows_read(feed_products_by_offset(cursor=place)[:5]) for place in places] == [
        15,
        25,
        35,
    ]
    assert [rows_read(feed_products(cursor=place)[:5]) for place in places] == [5, 5, 5]


def test_a_key_finds_its_place_after_a_deletion_and_an_offset_does_not() -> None:
    products = make_products(4)
    cursor = FeedCursor(position=2, last_id=products[1].pk)
    products[0].delete()
    assert list(feed_products(cursor=cursor)) == products[2:]
    assert list(feed_products_by_offset(cursor=cursor)) == products[3:]


@pytest.mark.parametrize("describe", [feed_rows, feed_rows_by_serializer])
def test_a_row_says_what_is_in_the_columns(describe: Callable[..., list[Any]]) -> None:
    product = make_product(
        name="Käse & 'Brot' 100 %",
        price=Decimal("0.50"),
        brand=make_brand(name="Acme", slug="acme"),
        category=make_category(name="Pans", slug="pans"),
        tags=0,
    )
    new, light = make_tag(name="new"), make_tag(name="light")
    product.tags.set([new, light])
    (row,) = describe(products=Product.objects.all())
    assert row == {
        "id": product.pk,
        "sku": product.sku,
        "slug": product.slug,
        "name": "Käse & 'Brot' 100 %",
        "price": "0.50",
        "stock": 0,
        "brand": {"id": product.brand_id, "name": "Acme", "slug": "acme"},
        "category": {"id": product.category_id, "name": "Pans", "slug": "pans"},
        "tags": [{"id": light.pk, "name": "light"}, {"id": new.pk, "name": "new"}],
    }


def test_rows_come_in_the_order_of_the_products_whoever_makes_them() -> None:
    for tags in (3, 0, 1):
        make_product(tags=tags)
    products = Product.objects.order_by("-id")
    lean, serialized = feed_rows(products=products), feed_rows_by_serializer(products=products)
    assert lean == serialized
    assert isinstance(serialized, ReturnList)
    assert [len(row["tags"]) for row in lean] == [1, 0, 3]


@pytest.mark.parametrize("describe", [feed_rows, feed_rows_by_serializer])
@pytest.mark.parametrize("products", [1, 4])
def test_rows_take_two_queries_however_many(
    describe: Callable[..., list[Any]], products: int, django_assert_num_queries
) -> None:
    for _ in range(products):
        make_product()
    with django_assert_num_queries(2):
        assert len(describe(products=Product.objects.order_by("id"))) == products


@pytest.mark.parametrize("describe", [feed_rows, feed_rows_by_serializer])
def test_no_products_are_no_rows(describe: Callable[..., list[Any]]) -> None:
    assert describe(products=Product.objects.all()) == []
