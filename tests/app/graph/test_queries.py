from collections.abc import Callable
from typing import Any

import pytest

from app.accounts.models import Customer
from app.catalog.models import Product
from tests.app.factories import (
    NOON,
    make_brand,
    make_category,
    make_customer,
    make_product,
    make_review,
    make_tag,
)

pytestmark = pytest.mark.django_db

Graph = Callable[..., dict[str, Any]]
NEXT_PAGE = """
  query ($first: PageSize!, $after: ID) {
    products(first: $first, after: $after) { items { id } next }
  }
"""


def test_a_product_comes_with_all_that_belongs_to_it(graph: Graph) -> None:
    product = make_product(
        brand=make_brand(name="Acme", slug="acme"),
        category=make_category(name="Pans", slug="pans", parent=make_category()),
        tags=0,
        created_at=NOON,
        stock=3,
    )
    product.tags.set([make_tag(name="new"), make_tag(name="light")])
    make_review(product=product, rating=2, customer=make_customer(full_name="Ada"))
    answer = graph(
        """
        query ($id: ID!) {
          product(id: $id) {
            id price stock version createdAt
            brand { name } category { slug parentId } tags { name }
            reviews { rating body customer { name } product { id } }
          }
        }
        """,
        id=product.pk,
    )
    assert answer == {
        "data": {
            "product": {
                "id": str(product.pk),
                "price": "10.00",
                "stock": 3,
                "version": 1,
                "createdAt": "2026-01-01T12:00:00+00:00",
                "brand": {"name": "Acme"},
                "category": {"slug": "pans", "parentId": str(product.category.parent_id)},
                "tags": [{"name": "light"}, {"name": "new"}],
                "reviews": [
                    {
                        "rating": 2,
                        "body": "Fine.",
                        "customer": {"name": "Ada"},
                        "product": {"id": str(product.pk)},
                    }
                ],
            }
        }
    }


def test_pages_follow_each_other_until_there_is_none(graph: Graph) -> None:
    ids = [str(make_product(tags=0).pk) for _ in range(4)]
    first = graph(NEXT_PAGE, first=2)["data"]["products"]
    second = graph(NEXT_PAGE, first=2, after=first["next"])["data"]["products"]
    beyond = graph(NEXT_PAGE, first=2, after=ids[-1])["data"]["products"]
    assert [item["id"] for item in first["items"] + second["items"]] == ids
    assert (first["next"], second["next"]) == (ids[1], None)
    assert beyond == {"items": [], "next": None}


def test_a_page_has_twenty_products_unless_asked_otherwise(graph: Graph) -> None:
    brand, category = make_brand(), make_category()
    for _ in range(21):
        make_product(brand=brand, category=category, tags=0)
    assert len(graph("{ products { items { id } } }")["data"]["products"]["items"]) == 20


def test_reviews_are_the_newest_of_each_product(graph: Graph) -> None:
    products = [make_product(tags=0), make_product(tags=0), make_product(tags=0)]
    for product in products[:2]:
        for rating in (1, 2, 3):
            make_review(product=product, rating=rating)
    sizes = "two: reviews(first: 2) { rating } one: reviews(first: 1) { rating }"
    rows = graph(f"{{ products {{ items {{ {sizes} }} }} }}")["data"]["products"]["items"]
    assert rows == [
        {"two": [{"rating": 3}, {"rating": 2}], "one": [{"rating": 3}]},
        {"two": [{"rating": 3}, {"rating": 2}], "one": [{"rating": 3}]},
        {"two": [], "one": []},
    ]


def test_a_product_that_does_not_exist_is_null(graph: Graph) -> None:
    assert graph("{ product(id: 1) { id } }") == {"data": {"product": None}}


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5", "", "٣", "9" * 19, "9" * 5000])
def test_an_id_that_cannot_be_is_refused(graph: Graph, wrong: str) -> None:
    answer = graph("query ($id: ID!) { product(id: $id) { id } }", id=wrong)
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_INPUT"}


def test_categories_come_by_name(graph: Graph) -> None:
    for name in ("b", "a", "c"):
        make_category(name=name)
    answer = graph("{ categories(first: 2) { name parentId } }")
    assert answer["data"]["categories"] == [
        {"name": "a", "parentId": None},
        {"name": "b", "parentId": None},
    ]


@pytest.mark.parametrize("rows", [2, 4])
def test_queries_do_not_grow_with_rows(graph: Graph, rows: int, django_assert_num_queries) -> None:
    for _ in range(rows):
        product = make_product()
        make_review(product=product)
        make_review(product=product)
    with django_assert_num_queries(6):
        answer = graph(
            """
            {
              products {
                items {
                  brand { name } category { name } tags { name }
                  reviews { customer { name } product { id brand { id } } }
                }
              }
            }
            """
        )
    assert "errors" not in answer
    assert (Product.objects.count(), Customer.objects.count()) == (rows, 2 * rows)


def test_lists_beside_each_other_share_what_they_load(
    graph: Graph, django_assert_num_queries
) -> None:
    make_product()
    with django_assert_num_queries(3):
        graph("{ a: products { items { brand { id } } } b: products { items { brand { id } } } }")
