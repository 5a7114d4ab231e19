import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from app.accounts.models import Customer
from tests.app.factories import make_customer, make_order, make_user

TOKEN = "the-token-of-this-server"

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return make_customer(user=make_user())


@pytest.fixture
def path(customer: Customer) -> str:
    return f"/api/customers/{customer.pk}/orders/"


def test_a_customer_reads_his_own_history_three_levels_deep(
    api: APIClient, customer: Customer, path: str
) -> None:
    order = make_order(customer=customer, items=1)
    product = order.items.get().product
    api.force_authenticate(customer.user)
    (row,) = api.get(path).json()["results"]
    (item,) = row["items"]
    assert (row["number"], row["status"]) == (order.number, "placed")
    assert (item["quantity"], item["unit_price"]) == (1, "9.00")
    assert item["product"]["brand"]["name"] == product.brand.name


def test_a_page_holds_twenty_orders(api: APIClient, customer: Customer, path: str) -> None:
    for _ in range(21):
        make_order(customer=customer, items=0)
    api.force_authenticate(customer.user)
    page = api.get(path).json()
    assert (page["count"], len(page["results"])) == (21, 20)


def test_staff_reads_every_history(api: APIClient, path: str) -> None:
    api.force_authenticate(make_user(is_staff=True))
    assert api.get(path).status_code == 200


def test_nobody_else_does(api: APIClient, path: str) -> None:
    assert api.get(path).status_code == 401
    api.force_authenticate(make_user())
    assert api.get(path).status_code == 403
    api.force_authenticate(make_customer(user=make_user()).user)
    assert api.get(path).status_code == 403


def test_a_refusal_does_not_tell_who_is_a_customer(api: APIClient, customer: Customer) -> None:
    api.force_authenticate(make_user())
    existing = api.get(f"/api/customers/{customer.pk}/orders/")
    unknown = api.get(f"/api/customers/{customer.pk + 1}/orders/")
    assert existing.status_code == unknown.status_code == 403
    assert existing.content == unknown.content


def test_a_customer_that_does_not_exist_has_no_history(api: APIClient) -> None:
    api.force_authenticate(make_user(is_staff=True))
    assert api.get("/api/customers/1000000/orders/").status_code == 404


def test_whoever_measures_this_server_reads_every_history(
    api: APIClient, path: str, settings: Settings
) -> None:
    settings.HEADTOHEAD = {"TOKEN": TOKEN}
    assert api.get(path, headers={"HeadToHead-Token": TOKEN}).status_code == 200
    assert api.get(path, headers={"HeadToHead-Token": "another"}).status_code == 401


def test_without_a_token_of_the_server_no_token_authorises(
    api: APIClient, path: str, settings: Settings
) -> None:
    settings.HEADTOHEAD = {"TOKEN": ""}
    assert api.get(path, headers={"HeadToHead-Token": ""}).status_code == 401
