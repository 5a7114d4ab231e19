from uuid import uuid4

import jwt
import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from app.accounts.authentication import TokenAuthentication
from app.accounts.models import User
from app.accounts.tokens import TokenPair
from tests.app.factories import make_customer, make_order

ME = "/api/auth/me/"


def signed_by_us(token: str, **claims: object) -> str:
    payload = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(payload | claims, settings.JWT_SIGNING_KEY, algorithm="HS256")


def status(api: APIClient, token: str, *, scheme: str = "Bearer") -> int:
    response = api.get(ME, headers={"Authorization": f"{scheme} {token}"})
    if response.status_code == 401:
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
        assert response["Content-Type"] == "application/problem+json"
    return response.status_code


def test_an_access_token_tells_who_sends_the_request(api: APIClient, pair: TokenPair) -> None:
    assert status(api, pair["access"]) == 200


def test_token_family_and_user_are_read_in_one_query(
    user: User, pair: TokenPair, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = Request(APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {pair['access']}"))
    with django_assert_num_queries(1):
        assert TokenAuthentication().authenticate(request)[0] == user


@pytest.mark.parametrize("token", ["", "a b", "abc", "é"])
def test_what_is_no_token_is_refused(api: APIClient, db: None, token: str) -> None:
    assert status(api, token) == 401


def test_tokens_that_are_none_of_ours_or_for_something_else_are_refused(
    api: APIClient, pair: TokenPair
) -> None:
    access = pair["access"]
    assert status(api, signed_by_us(access)) == 200
    assert status(api, pair["refresh"]) == 401
    assert status(api, signed_by_us(access, exp=1)) == 401
    assert status(api, signed_by_us(access, family=str(uuid4()))) == 401
    for family in (None, "", "none", 1, [str(uuid4())], {"a": 1}, "\x00"):
        assert status(api, signed_by_us(access, family=family)) == 401
    unsigned = jwt.encode(jwt.decode(access, options={"verify_signature": False}), "", "none")
    assert status(api, unsigned) == 401


def test_a_password_in_the_header_is_no_way_in(api: APIClient, db: None) -> None:
    assert status(api, "YWRhQHNob3AuZXhhbXBsZTpwYXNzd29yZA==", scheme="Basic") == 401


def test_signing_out_ends_access_tokens_at_once(api: APIClient, pair: TokenPair) -> None:
    api.post("/api/auth/logout/", {"refresh": pair["refresh"]})
    assert status(api, pair["access"]) == 401


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_deactivation_and_another_password_end_access_tokens_at_once(
    api: APIClient, user: User, pair: TokenPair, change: dict[str, object]
) -> None:
    User.objects.filter(pk=user.pk).update(**change)
    assert status(api, pair["access"]) == 401


def test_a_customer_reads_his_orders_with_a_token(
    api: APIClient, user: User, pair: TokenPair
) -> None:
    customer = make_customer(user=user)
    make_order(customer=customer)
    path = f"/api/customers/{customer.pk}/orders/"
    response = api.get(path, headers={"Authorization": f"Bearer {pair['access']}"})
    assert response.json()["count"] == 1
