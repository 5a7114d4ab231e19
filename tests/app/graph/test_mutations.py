from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from app.accounts.models import User
from app.catalog import selectors
from app.catalog.models import Product, Review
from tests.app.factories import make_customer, make_product, make_review, make_user

pytestmark = pytest.mark.django_db(transaction=True)

Graph = Callable[..., dict[str, Any]]
UPDATE = """
  mutation ($input: UpdateProductInput!) {
    updateProduct(input: $input) { name price stock version brand { id } }
  }
"""
REVIEW = """
  mutation ($input: AddReviewInput!) {
    addReview(input: $input) { rating body customer { name } product { reviews { body } } }
  }
"""


@pytest.fixture
def product() -> Product:
    return make_product(stock=3)


@pytest.fixture
def editor(api: APIClient) -> User:
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_product"))
    api.force_authenticate(user)
    return user


@pytest.fixture
def customer(api: APIClient) -> User:
    customer = make_customer(user=make_user(), full_name="Ada")
    api.force_authenticate(customer.user)
    return customer.user


def code_of(answer: dict[str, Any]) -> str:
    [error] = answer["errors"]
    assert answer["data"] is None
    return error["extensions"]["code"]


def test_an_editor_changes_what_he_names(graph: Graph, editor: User, product: Product) -> None:
    given = {"id": product.pk, "version": 1, "price": "19.90"}
    assert graph(UPDATE, input=given)["data"]["updateProduct"] == {
        "name": product.name,
        "price": "19.90",
        "stock": 3,
        "version": 2,
        "brand": {"id": str(product.brand_id)},
    }


def test_a_change_meant_for_another_version_is_a_conflict(
    graph: Graph, editor: User, product: Product
) -> None:
    graph(UPDATE, input={"id": product.pk, "version": 1, "stock": 2})
    answer = graph(UPDATE, input={"id": product.pk, "version": 1, "stock": 9})
    assert code_of(answer) == "CONFLICT"
    assert answer["errors"][0]["extensions"]["version"] == 2
    product.refresh_from_db()
    assert (product.stock, product.version) == (2, 2)


def test_the_cache_forgets_what_was_changed(graph: Graph, editor: User, product: Product) -> None:
    assert selectors.product_detail(product_id=product.pk)["stock"] == 3
    graph(UPDATE, input={"id": product.pk, "version": 1, "stock": 2})
    assert selectors.product_detail(product_id=product.pk)["stock"] == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("price", "-1"), ("price", "1.999"), ("stock", -1), ("name", ""), ("name", None)],
)
def test_values_that_rest_refuses_are_refused(
    graph: Graph, editor: User, product: Product, field: str, value: Any
) -> None:
    answer = graph(UPDATE, input={"id": product.pk, "version": 1, field: value})
    assert code_of(answer) == "INVALID_INPUT"
    assert answer["errors"][0]["extensions"]["errors"].keys() == {field}
    product.refresh_from_db()
    assert product.version == 1


@pytest.mark.parametrize("price", ["x", "NaN", "Infinity", 1.5, True, []])
def test_a_price_is_a_decimal_number(graph: Graph, editor: User, product: Product, price) -> None:
    answer = graph(UPDATE, input={"id": product.pk, "version": 1, "price": price})
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_QUERY"
    assert "data" not in answer


def test_a_product_that_does_not_exist_is_not_found(graph: Graph, editor: User) -> None:
    assert code_of(graph(UPDATE, input={"id": 1, "version": 1})) == "NOT_FOUND"


def test_who_may_not_change_products_is_told(
    graph: Graph, api: APIClient, product: Product
) -> None:
    given = {"id": product.pk, "version": 1, "stock": 0}
    assert code_of(graph(UPDATE, input=given)) == "UNAUTHENTICATED"
    api.force_authenticate(make_user(is_staff=True))
    assert code_of(graph(UPDATE, input=given)) == "FORBIDDEN"
    product.refresh_from_db()
    assert product.stock == 3


def test_a_customer_reviews_a_product(graph: Graph, customer: User, product: Product) -> None:
    make_review(product=product)
    answer = graph(REVIEW, input={"productId": product.pk, "rating": 5, "body": "Good."})
    assert answer["data"]["addReview"] == {
        "rating": 5,
        "body": "Good.",
        "customer": {"name": "Ada"},
        "product": {"reviews": [{"body": "Good."}, {"body": "Fine."}]},
    }


def test_a_second_review_is_a_conflict(graph: Graph, customer: User, product: Product) -> None:
    given = {"productId": product.pk, "rating": 5, "body": "Good."}
    graph(REVIEW, input=given)
    assert code_of(graph(REVIEW, input=given)) == "CONFLICT"
    assert Review.objects.count() == 1


def test_what_was_read_before_a_write_is_read_anew_after_it(
    graph: Graph, editor: User, product: Product
) -> None:
    make_customer(user=editor)
    answer = graph(
        """
        mutation ($update: UpdateProductInput!, $review: AddReviewInput!) {
          updateProduct(input: $update) { reviews { body } }
          addReview(input: $review) { product { stock reviews { body } } }
        }
        """,
        update={"id": product.pk, "version": 1, "stock": 1},
        review={"productId": product.pk, "rating": 5, "body": "Good."},
    )
    assert answer["data"] == {
        "updateProduct": {"reviews": []},
        "addReview": {"product": {"stock": 1, "reviews": [{"body": "Good."}]}},
    }


@pytest.mark.parametrize(("rating", "body"), [(0, "Good."), (6, "Good."), (5, "")])
def test_a_review_is_validated(
    graph: Graph, customer: User, product: Product, rating: int, body: str
) -> None:
    answer = graph(REVIEW, input={"productId": product.pk, "rating": rating, "body": body})
    assert code_of(answer) == "INVALID_INPUT"


def test_only_customers_review(graph: Graph, api: APIClient, product: Product) -> None:
    given = {"productId": product.pk, "rating": 5, "body": "Good."}
    assert code_of(graph(REVIEW, input=given)) == "UNAUTHENTICATED"
    api.force_authenticate(make_user())
    assert code_of(graph(REVIEW, input=given)) == "FORBIDDEN"


def test_a_product_to_review_has_to_exist(graph: Graph, customer: User) -> None:
    given = {"productId": 1, "rating": 5, "body": "Good."}
    assert code_of(graph(REVIEW, input=given)) == "NOT_FOUND"
