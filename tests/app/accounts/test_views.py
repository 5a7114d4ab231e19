from typing import Any

import pytest
from django.http import HttpResponse
from rest_framework.test import APIClient

from app.accounts.models import TokenFamily, User
from app.accounts.throttle import ACCOUNT, ADDRESS
from app.accounts.tokens import TokenPair
from tests.app.factories import PASSWORD, make_customer

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"
STRONGER = "staple of mine"


def login(api: APIClient, user: User, password: str = PASSWORD, **options: Any) -> HttpResponse:
    return api.post("/api/auth/login/", {"email": user.email, "password": password}, **options)


def refresh(api: APIClient, pair: TokenPair) -> HttpResponse:
    return api.post("/api/auth/refresh/", {"refresh": pair["refresh"]})


def change_password(
    api: APIClient, pair: TokenPair, *, current: str = PASSWORD, new: str = STRONGER
) -> HttpResponse:
    return api.post(
        "/api/auth/password/",
        {"current_password": current, "new_password": new},
        headers={"Authorization": f"Bearer {pair['access']}"},
    )


def fail_as_often_as_allowed(api: APIClient, user: User, **options: Any) -> None:
    for _ in range(ACCOUNT.failures):
        assert login(api, user, "guess", **options).status_code == 401


def test_signing_in_gives_a_pair_of_tokens_that_nobody_may_keep(api: APIClient, user: User) -> None:
    response = login(api, user)
    assert response.status_code == 200
    assert response.json().keys() == {"access", "refresh"}
    assert response["Cache-Control"] == "no-store"
    assert refresh(api, response.json())["Cache-Control"] == "no-store"


def test_an_unknown_account_an_inactive_one_and_a_wrong_password_get_the_same_answer(
    api: APIClient, user: User
) -> None:
    wrong = login(api, user, "guess")
    unknown = login(api, User(email="nobody@shop.example"))
    User.objects.update(is_active=False)
    inactive = login(api, user)
    assert wrong.status_code == unknown.status_code == inactive.status_code == 401
    assert wrong.content == unknown.content == inactive.content
    assert wrong.headers.items() == unknown.headers.items() == inactive.headers.items()
    assert (wrong["Content-Type"], wrong["WWW-Authenticate"]) == (PROBLEM, 'Bearer realm="api"')


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ([], {"non_field_errors"}),
        ({"email": "ada", "password": "x"}, {"email"}),
        ({"email": "ada@shop.example", "password": "x" * 1001}, {"password"}),
        ({"email": "ada@shop.example", "password": "\x00"}, {"password"}),
        ({"email": ["ada@shop.example"], "password": {"a": 1}}, {"email", "password"}),
    ],
)
def test_a_body_that_is_none_is_refused(api: APIClient, body: object, fields: set[str]) -> None:
    response = api.post("/api/auth/login/", body)
    assert response.status_code == 400
    assert response.json()["errors"].keys() == fields


def test_a_password_keeps_the_spaces_around_it(api: APIClient, user: User) -> None:
    user.set_password(f" {PASSWORD} ")
    user.save()
    assert login(api, user, f" {PASSWORD} ").status_code == 200
    assert login(api, user).status_code == 401


def test_too_many_failures_are_told_when_to_come_back(api: APIClient, user: User) -> None:
    fail_as_often_as_allowed(api, user)
    response = login(api, user)
    assert (response.status_code, response["Content-Type"]) == (429, PROBLEM)
    assert 0 < int(response["Retry-After"]) <= 900


def test_who_is_signed_in_stays_so_while_others_guess(
    api: APIClient, user: User, pair: TokenPair
) -> None:
    fail_as_often_as_allowed(api, user)
    assert refresh(api, pair).status_code == 200


def test_a_client_cannot_write_itself_other_addresses(api: APIClient, user: User) -> None:
    for number in range(ADDRESS.failures):
        written = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=10.0.0.{number}"}
        somebody = User(email=f"somebody{number}@shop.example")
        assert login(api, somebody, "guess", headers=written).status_code == 401
    written = {"X-Forwarded-For": "203.0.113.1"}
    assert login(api, user, headers=written).status_code == 429
    assert login(api, user, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_without_the_cache_signing_in_works_and_stays_limited(
    api: APIClient, user: User, cache_down: None
) -> None:
    assert login(api, user).status_code == 200
    fail_as_often_as_allowed(api, user)
    assert login(api, user).status_code == 429


def test_a_refresh_token_is_good_for_one_pair(api: APIClient, pair: TokenPair) -> None:
    first, second = refresh(api, pair), refresh(api, pair)
    assert (first.status_code, second.status_code) == (200, 401)
    assert "a moment ago" in second.json()["detail"]
    assert refresh(api, first.json()).status_code == 200


def test_a_stolen_token_that_is_used_later_ends_what_came_of_it(
    api: APIClient, pair: TokenPair
) -> None:
    newest = refresh(api, refresh(api, pair).json()).json()
    assert refresh(api, pair).status_code == 401
    assert refresh(api, newest).status_code == 401
    access = {"Authorization": f"Bearer {newest['access']}"}
    assert api.get("/api/auth/me/", headers=access).status_code == 401


def test_an_access_token_that_has_ended_does_not_keep_one_from_refreshing(
    api: APIClient, pair: TokenPair
) -> None:
    api.credentials(HTTP_AUTHORIZATION="Bearer ended")
    assert refresh(api, pair).status_code == 200


@pytest.mark.parametrize("address", ["refresh", "logout"])
@pytest.mark.parametrize(("token", "status"), [(None, 400), ("", 400), (1, 401), ("abc", 401)])
def test_what_is_no_refresh_token_is_refused(
    api: APIClient, address: str, token: object, status: int
) -> None:
    response = api.post(f"/api/auth/{address}/", {"refresh": token})
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)


def test_signing_out_can_be_repeated(api: APIClient, pair: TokenPair) -> None:
    statuses = [
        api.post("/api/auth/logout/", {"refresh": pair["refresh"]}).status_code for _ in range(2)
    ]
    assert statuses == [204, 204]
    assert refresh(api, pair).status_code == 401


def test_another_password_signs_everybody_out(api: APIClient, user: User, pair: TokenPair) -> None:
    elsewhere = login(api, user).json()
    assert change_password(api, pair).status_code == 204
    for old in (pair, elsewhere):
        assert refresh(api, old).status_code == 401
        assert change_password(api, old, current=STRONGER).status_code == 401
    assert login(api, user).status_code == 401
    assert login(api, user, STRONGER).status_code == 200


@pytest.mark.parametrize("new", ["short", "password123", "12345678901"])
def test_an_easily_guessed_password_is_refused(api: APIClient, pair: TokenPair, new: str) -> None:
    response = change_password(api, pair, new=new)
    assert response.status_code == 400
    assert response.json()["errors"].keys() == {"new_password"}
    assert not TokenFamily.objects.exclude(revoked_at=None).exists()


def test_guessing_the_current_password_is_as_limited_as_signing_in(
    api: APIClient, user: User, pair: TokenPair
) -> None:
    for _ in range(ACCOUNT.failures):
        response = change_password(api, pair, current="guess")
        assert response.status_code == 400
        assert response.json()["errors"].keys() == {"current_password"}
    assert change_password(api, pair).status_code == 429
    assert login(api, user).status_code == 429


def test_changing_a_password_takes_somebody(api: APIClient) -> None:
    assert api.post("/api/auth/password/", {}).status_code == 401


def test_one_sees_who_one_is(api: APIClient, user: User, pair: TokenPair) -> None:
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    nobody = {"id": user.pk, "email": user.email, "is_staff": False, "customer_id": None}
    assert api.get("/api/auth/me/").json() == nobody
    customer = make_customer(user=user)
    assert api.get("/api/auth/me/").json() == nobody | {"customer_id": customer.pk}


def test_the_schema_names_the_tokens_the_errors_and_an_example_of_each(api: APIClient) -> None:
    schema = api.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    assert schema["components"]["securitySchemes"] == {
        "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    errors = {
        "login": {"401", "429"},
        "refresh": {"401"},
        "logout": {"401"},
        "password": {"400", "429"},
    }
    for name, statuses in errors.items():
        operation = schema["paths"][f"/api/auth/{name}/"]["post"]
        assert operation["requestBody"]["content"]["application/json"]["examples"]
        assert operation.get("security") == ([{"accessToken": []}] if name == "password" else [{}])
        for status in statuses:
            assert operation["responses"][status]["content"][PROBLEM]["examples"]
            sent = operation["responses"][status].get("headers", {})
            assert sent.keys() == ({"Retry-After"} if status == "429" else set())
