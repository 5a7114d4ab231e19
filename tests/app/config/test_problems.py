import pytest
from django.db import InterfaceError, OperationalError
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.app.factories import make_user

PROBLEM = "application/problem+json"


@pytest.mark.django_db
def test_an_unknown_product_is_a_problem(api: APIClient) -> None:
    response = api.get("/api/products/1/")
    assert response["Content-Type"] == PROBLEM
    assert response.json() == {"title": "Not Found", "status": 404, "detail": "Not found."}


def test_an_unknown_address_is_a_problem(api: APIClient) -> None:
    response = api.get("/nowhere/")
    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)


def test_an_unknown_host_is_a_problem(api: APIClient, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]
    response = api.get("/api/tags/", headers={"Host": "other.example"})
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)


@pytest.mark.django_db
def test_an_invalid_body_names_its_fields(api: APIClient) -> None:
    user = make_user()
    user.is_superuser = True
    api.force_authenticate(user)
    response = api.patch("/api/products/1/", {"price": "-1", "stock": "many"})
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
    assert response.json()["errors"].keys() == {"price", "stock"}


@pytest.mark.django_db
def test_a_failure_of_ours_gives_nothing_away(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("app.catalog.selectors.tag_list", fail)
    api.raise_request_exception = False
    response = api.get("/api/tags/")
    assert (response.status_code, response["Content-Type"]) == (500, PROBLEM)
    assert b"secret" not in response.content


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_what_the_database_cannot_do_now_is_worth_another_try(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail() -> None:
        raise error("a secret")

    monkeypatch.setattr("app.catalog.selectors.tag_list", fail)
    api.raise_request_exception = False
    response = api.get("/api/tags/")
    assert (response.status_code, response["Content-Type"]) == (503, PROBLEM)
    assert response["Retry-After"] == "1"
    assert b"secret" not in response.content
