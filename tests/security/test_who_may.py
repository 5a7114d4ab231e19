"""Who may do what, at every address there is."""

import json
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from app.accounts import services
from app.accounts.models import User
from headtohead.protocol.headers import TOKEN_HEADER
from tests.app.config.test_schema import addresses
from tests.app.factories import PASSWORD, make_customer, make_product, make_user

pytestmark = pytest.mark.django_db

EVERYBODY = {"anonymous", "customer", "other customer", "staff", "editor", "measurer"}
SIGNED_IN = {"customer", "other customer", "staff", "editor"}
# Who reads what a customer has bought.
NEAR = {"customer", "staff", "editor", "measurer"}
MAY = {
    "POST /api/auth/login/": EVERYBODY,
    "POST /api/auth/refresh/": EVERYBODY,
    "POST /api/auth/logout/": EVERYBODY,
    "POST /api/auth/password/": SIGNED_IN,
    "GET /api/auth/me/": SIGNED_IN,
    "GET /api/products/": EVERYBODY,
    "GET /api/products/export/": {"staff", "editor", "measurer"},
    "GET /api/products/feed/": EVERYBODY,
    "GET /api/products/popular/": EVERYBODY,
    "GET /api/products/recommended/": EVERYBODY,
    "GET /api/products/search/": EVERYBODY,
    "GET /api/products/{}/": EVERYBODY,
    "PATCH /api/products/{}/": {"editor", "measurer"},
    "GET /api/products/{}/page/": EVERYBODY,
    "POST /api/products/{}/stock/": {"editor", "measurer"},
    "GET /api/products/{}/reviews/": EVERYBODY,
    "POST /api/products/{}/reviews/": {"customer", "other customer"},
    "GET /api/categories/": EVERYBODY,
    "GET /api/categories/summary/": EVERYBODY,
    "GET /api/brands/": EVERYBODY,
    "GET /api/tags/": EVERYBODY,
    "GET /api/customers/{}/orders/": NEAR,
    "POST /api/customers/{}/checkout/": NEAR,
    "GET /api/customers/{}/orders/{}/fulfilment/": NEAR,
    "GET /api/supplier-products/": {"editor", "measurer"},
    "POST /api/supplier-products/": {"editor", "measurer"},
    "GET /api/delivery/quotes/": EVERYBODY,
    "POST /graphql/": EVERYBODY,
    "GET /api/schema/": EVERYBODY,
    "GET /api/docs/": EVERYBODY,
    "GET /health/": EVERYBODY,
    "GET /alive/": EVERYBODY,
    "GET /metrics": {"measurer"},
}
# At these 401 says that what was sent is no good, and not who sent it.
SIGNING_IN = {"/api/auth/login/", "/api/auth/refresh/", "/api/auth/logout/"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A product and a customer, and headers by who sends them."""

    product: int
    customer: int
    headers: dict[str, dict[str, str]]


@pytest.fixture
def shop(settings: Settings) -> Shop:
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"TOKEN": "token-of-this-test"}
    users = {name: make_user(password=PASSWORD) for name in ("customer", "other customer")}
    users |= {name: make_user(password=PASSWORD, is_staff=True) for name in ("staff", "editor")}
    users["editor"].user_permissions.add(Permission.objects.get(codename="change_product"))
    customer, _ = (make_customer(user=users[each]) for each in ("customer", "other customer"))
    headers = {name: bearer(user) for name, user in users.items()}
    headers |= {"anonymous": {}, "measurer": {TOKEN_HEADER: "token-of-this-test"}}
    return Shop(product=make_product().pk, customer=customer.pk, headers=headers)


def bearer(user: User) -> dict[str, str]:
    pair = services.sign_in(email=user.email, password=PASSWORD, address="127.0.0.1")
    return {"Authorization": f"Bearer {pair['access']}"}


def asked(shop: Shop, client: Client, who: str, method: str, address: str) -> int:
    one = shop.customer if "/customers/" in address else shop.product
    path = address.replace("{}", str(one), 1).replace("{}", "spring")
    response = client.generic(
        method,
        path,
        json.dumps({}),
        content_type="application/json",
        headers=shop.headers[who],
    )
    return response.status_code


def test_every_address_is_listed() -> None:
    assert {each.split(" ")[1] for each in MAY} == addresses(get_resolver().url_patterns)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_everybody_may_do_what_is_listed_and_nothing_else(shop: Shop, who: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in sorted(addresses(get_resolver().url_patterns)):
        for method in METHODS:
            status = asked(shop, client, who, method, address)
            listed = MAY.get(f"{method} {address}")
            where = (who, method, address, status)
            if listed is None:
                assert status in REFUSED | {HTTPStatus.METHOD_NOT_ALLOWED}, where
            elif who not in listed:
                assert status in REFUSED, where
            elif address not in SIGNING_IN:
                assert status not in REFUSED, where
                assert status < 500 or "/delivery/" in address, where
