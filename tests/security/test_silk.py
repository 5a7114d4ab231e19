"""What Silk shows, to whom, and what it keeps: on a server as an experiment starts it."""

import json
from collections.abc import Iterator

import pytest

from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.services.gunicorn import GunicornSettings, stop
from tests.faults.conftest import running_shop  # noqa: F401
from tests.faults.load import Client
from tests.faults.shop import Shop
from tests.values import DEMO_PASSWORD

pytestmark = pytest.mark.stack

CANARY = "canary-in-a-mine"
PAGES = ("/silk/", "/silk/requests/", "/silk/profiling/", "/silk/cleardb/")


@pytest.fixture(scope="module")
def watched(running_shop: Shop) -> Iterator[Client]:  # noqa: F811
    """Asks the shop's API where Silk records requests."""
    serving = GunicornSettings(
        name="API silk",
        application="app.config.wsgi:application",
        config="app/config/gunicorn.py",
        workers=1,
        health="/health/",
        log=running_shop.directory / "logs" / "silk.log",
        metrics=running_shop.directory / "prometheus-silk",
    )
    started = serving.start(running_shop.project, environment={"OBSERVER": "silk"})
    try:
        started.await_healthy()
        yield Client(url=started.url)
    finally:
        stop([started.process])


def logged_in(watched: Client, customer: int) -> dict[str, str]:
    asked = {"email": f"customer{customer}@shop.example", "password": DEMO_PASSWORD}
    answer = watched.post("/api/auth/login/", asked)
    assert answer.status == 200
    return answer.json()


def kept(shop: Shop) -> str:
    """Everything that is in Silk's tables."""
    tables = shop.rows("SELECT tablename FROM pg_tables WHERE tablename LIKE 'silk_%%'")
    assert len(tables) >= 4
    rows = [shop.rows(f"SELECT to_jsonb(t)::text FROM {table} t") for (table,) in tables]  # noqa: S608
    return json.dumps(rows)


def test_silk_is_for_staff_alone(running_shop: Shop, watched: Client) -> None:  # noqa: F811
    bearer = {"Authorization": f"Bearer {logged_in(watched, 5)['access']}"}
    assert {watched.get(page).status for page in PAGES} == {401}
    assert {watched.get(page, Authorization="Bearer wrong").status for page in PAGES} == {401}
    assert {watched.get(page, **bearer).status for page in PAGES} == {403}
    email = "customer5@shop.example"
    staff = "UPDATE accounts_user SET is_staff = %s WHERE email = %s RETURNING 1"
    running_shop.rows(staff, True, email)
    try:
        answers = [watched.get(page, **bearer) for page in PAGES]
    finally:
        running_shop.rows(staff, False, email)
    log = (running_shop.directory / "logs" / "silk.log").read_text(encoding="utf-8")
    assert [each.status for each in answers] == [200] * len(PAGES), log
    assert b"<html" in answers[0].body


def test_silk_keeps_no_secret(running_shop: Shop, watched: Client) -> None:  # noqa: F811
    pair = logged_in(watched, 6)
    bearer = {"Authorization": f"Bearer {pair['access']}"}
    watched.post("/api/auth/refresh/", {"refresh": pair["refresh"]})
    watched.post("/api/auth/logout/", {"refresh": pair["refresh"]})
    watched.get("/api/auth/me/", **bearer)
    watched.get("/api/products/", **bearer)
    watched.get("/api/tags/", **{TOKEN_HEADER: running_shop.project.token}, Cookie=f"a={CANARY}")
    watched.get("/metrics", Authorization=f"Bearer {running_shop.project.token}")
    for body in ({"password": CANARY}, CANARY.encode(), f'{{"password": "{CANARY}"'.encode()):
        watched.post("/nowhere/", body)
        watched.send("PATCH", "/api/products/1/", body=body, **bearer)
        watched.post("/graphql/", body, **bearer)
        watched.send("GET", "/api/brands/", body=body)
    watched.get(f"/api/brands/?token={CANARY}&password={CANARY}")
    found = kept(running_shop)
    assert "/api/products/" in found
    assert "/api/tags/" in found
    secrets = (CANARY, DEMO_PASSWORD, running_shop.project.token, *pair.values())
    assert [each for each in secrets if each in found] == []
    assert running_shop.rows("SELECT DISTINCT raw_body, body FROM silk_response") == [("", "")]
