import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from app.catalog.models import Product
from tests.app.factories import make_product, make_review, make_user

URL = "/graphql/"


def test_only_post_is_answered(api: APIClient) -> None:
    response = api.get(URL, {"query": "{ __typename }"})
    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert response["Content-Type"] == "application/problem+json"


def test_only_json_is_read(api: APIClient) -> None:
    response = Client().post(URL, {"query": "{ __typename }"})
    assert response.status_code == 415


def test_what_is_not_json_is_a_problem(api: APIClient) -> None:
    response = api.generic("POST", URL, "{", content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize(
    "body",
    ["{}", "1", '"query"', "null", '{"query": 1}', '{"query": "{ a }", "variables": [1]}'],
)
def test_what_is_no_query_is_refused(api: APIClient, body: str) -> None:
    response = api.generic("POST", URL, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_QUERY"}


def test_batches_are_refused(api: APIClient) -> None:
    response = api.post(URL, [{"query": "{ __typename }"}])
    assert response.status_code == 400
    assert response.json() == {
        "errors": [
            {"message": "Send one query a request.", "extensions": {"code": "BATCHING_DISABLED"}}
        ]
    }


@pytest.mark.parametrize(
    "query", ["mutation { nothing }", "{ products { nothing } }", "{", "subscription { a }"]
)
def test_an_invalid_query_is_refused_without_data(api: APIClient, query: str) -> None:
    response = api.post(URL, {"query": query})
    assert (response.status_code, set(response.json())) == (400, {"errors"})
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_QUERY"}


def test_an_unknown_operation_name_is_refused(api: APIClient) -> None:
    response = api.post(URL, {"query": "query A { __typename }", "operationName": "B"})
    assert (response.status_code, set(response.json())) == (400, {"errors"})


@pytest.mark.parametrize(
    "body",
    [
        r'{"query": "{ __typename }", "operationName": "\ud800"}',
        r'{"query": "{ \ud800 }"}',
        r'{"query": "query ($a: ID!) { product(id: $a) { id } }", "variables": {"a": ["\ud800"]}}',
    ],
)
def test_half_a_character_is_refused(api: APIClient, body: str) -> None:
    response = api.generic("POST", URL, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_QUERY"}


def test_what_clients_get_wrong_is_not_logged_as_a_failure(
    api: APIClient, caplog: pytest.LogCaptureFixture
) -> None:
    api.post(URL, {"query": "{ nothing }"})
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.django_db
def test_a_failure_gives_nothing_away_and_is_logged_by_its_reference(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_product()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("app.graph.relations.BatchedRelations.tags", fail)
    response = api.post(URL, {"query": "{ products { items { id tags { id } } } }"})
    [error] = response.json()["errors"]
    reference = error["extensions"].pop("reference")
    assert (response.status_code, response.json()["data"]) == (200, None)
    assert error["message"] == "The server failed; this is logged."
    assert error["extensions"] == {"code": "INTERNAL"}
    assert error["path"] == ["products", "items", 0, "tags"]
    assert b"secret" not in response.content
    [record] = [each for each in caplog.records if each.name == "app.graph.errors"]
    assert reference in record.getMessage()
    assert str(record.exc_info[1]) == "a secret"


@pytest.mark.django_db
def test_errors_of_the_database_do_not_show_their_sql(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Product.objects.extra(where=["no_such_column = 1"])
    monkeypatch.setattr("app.catalog.selectors.product_list_naive", lambda: broken)
    response = api.post(URL, {"query": "{ product(id: 1) { id } }"})
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert b"no_such_column" not in response.content


@pytest.mark.django_db
def test_a_value_that_its_type_cannot_hold_does_not_show(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product()
    product.stock = "a secret"
    monkeypatch.setattr("app.graph.relations.BatchedRelations.product", lambda *_: product)
    make_review(product=product)
    query = "{ products { items { reviews { product { stock } } } } }"
    response = api.post(URL, {"query": query})
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert b"secret" not in response.content


@pytest.mark.django_db
def test_a_session_signs_nobody_in() -> None:
    """So that no other site can send what a browser adds cookies to."""
    client = Client()
    client.force_login(make_user(is_staff=True))
    product = make_product()
    change = f'{{id: "{product.pk}", version: 1, stock: 3}}'
    query = f"mutation {{ updateProduct(input: {change}) {{ id }} }}"
    response = client.post(URL, {"query": query}, content_type="application/json")
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.django_db
def test_a_token_that_is_none_is_told(api: APIClient) -> None:
    response = api.post(
        URL, {"query": "{ __typename }"}, headers={"Authorization": "Bearer nothing"}
    )
    assert response.status_code == 401


def test_a_database_that_is_away_is_told_by_the_status(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("app.catalog.selectors.product_list_naive", fail)
    api.raise_request_exception = False
    response = api.post(URL, {"query": "{ product(id: 1) { name } }"})
    assert (response.status_code, response["Retry-After"]) == (503, "1")
