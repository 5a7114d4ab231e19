"""Searching by name: what is found, and how the database goes about it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from app.catalog.models import Product
from app.catalog.selectors import product_search, product_search_sequential
from app.seeding.seed import shop_seed
from tests.app.factories import make_product

Search = Callable[..., QuerySet[Product]]
each_search = pytest.mark.parametrize("search", [product_search, product_search_sequential])


def node_types(products: QuerySet[Product]) -> dict[str, str]:
    """How the database would reach each table or index, without doing it."""
    sql, parameters = products.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (((explained,),),) = cursor.fetchall()
    return {
        node.get("Relation Name") or node["Index Name"]: node["Node Type"]
        for node in nodes(explained["Plan"])
        if "Scan" in node["Node Type"]
    }


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


@pytest.fixture
def few_rows_too(db: None) -> None:
    """The index is used where it can be, though reading few rows would be cheaper."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")


@pytest.mark.usefixtures("few_rows_too")
@each_search
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Plain Oak Lamp", "oak"),
        ("Plain Oak Lamp", "PLAIN OAK LAMP"),
        ("Plain Oak Lamp", "n o"),
        ("Käseglocke", "käse"),
        ("KÄSEGLOCKE", "käse"),
        ("käseglocke", "KÄSE"),
        ("Гвоздь стальной", "ГВОЗДЬ"),
        ("真鍮のランプ", "のラン"),
        ("Lamp 😀 large", "😀"),
        ("Cotton 100% pure", "100%"),
        ("Cotton 100% pure", "0% p"),
        ("Model oak_lamp", "k_l"),
        ("Back\\slash", "k\\s"),
        ("The 'best' one", "'best'"),
        ("%%%", "%%%"),
        ("-- + --", "--"),
    ],
)
def test_a_name_is_found_by_any_part_of_it_in_whatever_case(
    search: Search, name: str, text: str
) -> None:
    product = make_product(name=name)
    make_product(name="Something else")
    assert list(search(text=text)) == [product]
    through_index = "product_name_trigrams" in node_types(search(text=text))
    assert through_index == (search is product_search)


@pytest.mark.usefixtures("few_rows_too")
@each_search
@pytest.mark.parametrize("text", ["o_k", "o%p", "%", "oak  lamp", "kase", "oak\\", "lamp oak"])
def test_what_is_not_part_of_a_name_finds_nothing(search: Search, text: str) -> None:
    make_product(name="Plain Oak Lamp")
    make_product(name="Käse")
    assert not search(text=text)


@pytest.mark.django_db
@each_search
def test_products_are_found_by_name_and_those_of_one_name_by_age(search: Search) -> None:
    second, third = make_product(name="Oak Lamp"), make_product(name="Oak Lamp")
    first = make_product(name="Oak Bench")
    assert list(search(text="oak")) == [first, second, third]


@pytest.mark.django_db
@each_search
def test_a_search_takes_two_queries_however_many_it_finds(
    search: Search, django_assert_num_queries
) -> None:
    for number in range(1, 5):
        make_product(name="Oak Lamp", tags=3)
        with django_assert_num_queries(2):
            found = [
                (product.brand.name, product.category.name, len(product.tags.all()))
                for product in search(text="oak")
            ]
        assert len(found) == number


@pytest.mark.django_db(transaction=True)
def test_one_search_goes_through_the_index_and_the_other_through_all_rows() -> None:
    shop_seed(products=5000, seed=1)
    text, page = "slim oak lamp", slice(20)
    indexed, sequential = product_search(text=text), product_search_sequential(text=text)
    for products in (indexed[page], indexed):
        assert node_types(products)["product_name_trigrams"] == "Bitmap Index Scan"
        assert node_types(products)["catalog_product"] == "Bitmap Heap Scan"
    for products in (sequential[page], sequential):
        assert node_types(products)["catalog_product"] == "Seq Scan"
    assert list(indexed) == list(sequential)
    assert len(indexed) > 1
