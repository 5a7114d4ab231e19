import json

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from app.caching import composition
from app.catalog.models import Product
from app.catalog.services import product_update
from headtohead.protocol.headers import TOKEN_HEADER
from tests.app.factories import make_category, make_product

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product() -> Product:
    return make_product()


def path(product: Product) -> str:
    return f"/api/products/{product.pk}/page/"


def assert_page_is_right(api: APIClient, product: Product) -> None:
    page = api.get(path(product))
    assert page.content == api.get(f"/api/products/{product.pk}/").content
    assert page["Product-Version"] == str(json.loads(page.content)["version"])


def test_it_says_what_showing_the_product_says(api: APIClient, product: Product) -> None:
    for _ in range(2):
        assert_page_is_right(api, product)


def test_a_page_that_was_rendered_takes_no_query(
    api: APIClient, product: Product, django_assert_num_queries
) -> None:
    first = api.get(path(product))
    with django_assert_num_queries(0):
        again = api.get(path(product))
    assert again.content == first.content
    assert (first["Cache-Status"].count("fwd=miss"), again["Cache-Status"]) == (
        3,
        "product-page; hit",
    )


def test_a_client_that_has_kept_the_page_is_not_sent_it_again(
    api: APIClient, product: Product
) -> None:
    kept = api.get(path(product))
    again = api.get(path(product), headers={"If-None-Match": kept["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", kept["ETag"])


def test_after_a_write_a_kept_page_is_sent_anew(api: APIClient, product: Product) -> None:
    kept = api.get(path(product))
    product_update(product_id=product.pk, changes={"stock": 7})
    again = api.get(path(product), headers={"If-None-Match": kept["ETag"]})
    assert (again.status_code, again["Product-Version"]) == (200, "2")
    assert again["ETag"] != kept["ETag"]


def test_after_a_write_the_pages_that_show_the_product_are_right(
    api: APIClient, product: Product
) -> None:
    neighbour, stranger = make_product(category=product.category), make_product()
    for each in (product, neighbour, stranger):
        api.get(path(each))
    product_update(product_id=product.pk, changes={"name": "Renamed"})
    for each in (product, neighbour):
        assert_page_is_right(api, each)
    assert api.get(path(neighbour)).json()["related_products"][0]["name"] == "Renamed"
    assert api.get(path(stranger))["Cache-Status"] == "product-page; hit"


def test_after_a_move_to_another_category_the_pages_of_both_are_right(
    api: APIClient, product: Product
) -> None:
    elsewhere = make_category()
    left, joined = make_product(category=product.category), make_product(category=elsewhere)
    for _ in range(2):
        for each in (product, left, joined):
            assert_page_is_right(api, each)
        product_update(product_id=product.pk, changes={"category": elsewhere})


def test_what_a_page_was_made_of_need_not_be_known(
    api: APIClient, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has rendered it."""
    api.get(path(product))
    monkeypatch.setattr(composition, "_PARTS", {})
    assert api.get(path(product))["Cache-Status"] == "product-page; hit"


def test_a_page_made_while_its_parts_changed_is_not_kept(product: Product) -> None:
    parts = iter([frozenset({"one"}), frozenset({"other"})])
    assert composition.read_composed("key", lambda: ("made", next(parts))) == "made"
    again = composition.read_composed("key", lambda: ("again", frozenset({"other"})))
    assert again == "again"


def test_without_the_cache_pages_are_rendered(
    api: APIClient, product: Product, cache_down: None
) -> None:
    assert_page_is_right(api, product)


def test_an_unknown_product_has_no_page(api: APIClient) -> None:
    response = api.get("/api/products/1/page/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_page_is_not_written_to(api: APIClient, product: Product, settings: Settings) -> None:
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"TOKEN": "secret"}
    response = api.patch(path(product), {"stock": 1}, headers={TOKEN_HEADER: "secret"})
    assert response.status_code == 405
