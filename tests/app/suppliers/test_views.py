"""Suppliers' lists over HTTP."""

import pytest
from rest_framework.test import APIClient

from app.accounts.models import User
from app.suppliers.serializers import LONGEST_LIST
from tests.app.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/api/supplier-products/"
LAMP = {"sku": "S-1", "name": "Lamp", "price": "19.90", "stock": 12}
STOOL = {"sku": "S-2", "name": "Stool", "price": "30.00", "stock": 0}


@pytest.fixture
def staff(api: APIClient, editor: User) -> APIClient:
    api.force_authenticate(editor)
    return api


def refused(response) -> list[str]:
    """What is said of the list."""
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    errors = response.json()["errors"]
    assert errors.keys() == {"products"}
    assert all(isinstance(text, str) for text in errors["products"])
    return errors["products"]


def test_what_was_imported_is_listed_by_sku(staff: APIClient) -> None:
    response = staff.post(ADDRESS, {"products": [STOOL, LAMP]})
    assert (response.status_code, response.json()) == (200, {"imported": 2})
    page = staff.get(ADDRESS).json()
    assert (page["count"], page["results"]) == (2, [LAMP, STOOL])


def test_a_line_that_is_not_valid_is_named_and_nothing_is_imported(staff: APIClient) -> None:
    wrong = STOOL | {"price": "cheap", "stock": -1}
    assert refused(staff.post(ADDRESS, {"products": [LAMP, wrong]})) == [
        "Line 2, price: A valid number is required.",
        "Line 2, stock: Ensure this value is greater than or equal to 0.",
    ]
    assert staff.get(ADDRESS).json()["count"] == 0


@pytest.mark.parametrize(
    ("products", "says"),
    [
        ([LAMP, STOOL, LAMP | {"stock": 1}], "Named more than once: S-1."),
        ([], "may not be empty"),
        ([LAMP] * (LONGEST_LIST + 1), f"no more than {LONGEST_LIST}"),
        ("lamp", "Expected a list"),
        (["lamp"], "Line 1, Invalid data."),
        (None, "may not be null"),
    ],
)
def test_a_list_that_is_none_is_refused_as_a_whole(
    staff: APIClient, products: object, says: str
) -> None:
    (text,) = refused(staff.post(ADDRESS, {"products": products}))
    assert says in text


def test_others_neither_read_nor_import(api: APIClient) -> None:
    assert api.get(ADDRESS).status_code == 401
    assert api.post(ADDRESS, {"products": [LAMP]}).status_code == 401
    api.force_authenticate(make_user(is_staff=True))
    assert api.get(ADDRESS).status_code == 403
    assert api.post(ADDRESS, {"products": [LAMP]}).status_code == 403


def test_whoever_may_measure_the_server_imports(api: APIClient, settings) -> None:
    settings.HEADTOHEAD = {"TOKEN": "token-of-this-test"}
    headers = {"HeadToHead-Token": "token-of-this-test"}
    response = api.post(ADDRESS, {"products": [LAMP]}, headers=headers)
    assert response.status_code == 200
