"""The journeys on a real server."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from headtohead.run.background import scenario_names
from tests.conftest import ROOT, Project

# A hang guard, for a journey that never comes to what is waited for.
LIMIT = 120

LOOKING = {
    "GET /api/products/?page=[page]",
    "GET /api/categories/summary/",
    "GET /api/products/recommended/",
    "GET /api/products/[id]/",
}
SEARCHING = {
    "GET /api/products/",
    "GET /api/products/search/?q=[word]",
    "GET /api/products/[id]/",
}
BUYING = {
    "POST /api/auth/login/",
    "GET /api/products/[id]/",
    "GET /api/auth/me/",
    "GET /api/customers/[id]/orders/",
    "POST /api/customers/[id]/checkout/",
}
EDITING = {
    "POST /api/auth/login/",
    "GET /api/products/?page=[page]",
    "PATCH /api/products/[id]/",
}
ROUTES = {
    "browse": LOOKING,
    "search": SEARCHING,
    "buy": BUYING,
    "edit": EDITING,
    "shop": LOOKING | SEARCHING | BUYING | EDITING,
}


@pytest.fixture
def url(project: Project) -> str:
    return project.json("status")["api_url"]


def python(project: Project, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project.root,
        env={**project.variables(), "PYTHONPATH": str(project.root)},
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT,
    ).stdout


def test_every_journey_has_its_routes_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(ROOT)
    assert set(scenario_names("loadtests.scenarios")) == ROUTES.keys()


@pytest.mark.parametrize("scenario", ROUTES)
def test_a_journey_comes_to_all_of_its_pages_and_finds_what_it_asks_for(
    scenario: str, project: Project, url: str
):
    script = str(Path(__file__).with_name("walk.py"))
    module = f"loadtests.scenarios.{scenario}"
    walked = json.loads(python(project, script, module, url, "6", *sorted(ROUTES[scenario])))
    assert walked["problems"] == {}
    assert walked["sent"].keys() >= ROUTES[scenario]


CUSTOMER = """
import json, sys
from locust.env import Environment
from loadtests.scenarios.buy import Customer

environment = Environment(host=sys.argv[1])
environment.create_local_runner()
Customer.host = sys.argv[1]
customer = Customer(environment)
customer.on_start()
customer.tokens = {**customer.tokens, **json.loads(sys.argv[2])}
try:
    customer.look_at_the_account()
except Exception as error:
    print(type(error).__name__)
customer.look_at_the_account()
for each in environment.stats.entries.values():
    print(each.method, each.name, each.num_requests, each.num_failures)
"""


@pytest.fixture
def visit(project: Project, url: str) -> Callable[..., list[str]]:
    """Looks at one's account twice, with tokens replaced after signing in."""

    def look(**tokens: str) -> list[str]:
        return python(project, "-c", CUSTOMER, url, json.dumps(tokens)).splitlines()

    return look


def test_a_customer_whose_access_token_no_longer_counts_stays_signed_in(visit):
    assert visit(access="expired") == [
        "POST /api/auth/login/ 1 0",
        "GET /api/auth/me/ 3 0",
        "POST /api/auth/refresh/ 1 0",
    ]


def test_a_customer_who_may_not_refresh_is_signed_out_which_counts_as_a_failure(visit):
    assert visit(access="expired", refresh="revoked") == [
        "RescheduleTask",
        "POST /api/auth/login/ 2 0",
        "GET /api/auth/me/ 2 0",
        "POST /api/auth/refresh/ 1 1",
    ]


WRONG = """
from loadtests.journey import is_page, read_answer

class Response:
    status_code, error = 200, None
    def __init__(self, body): self.body = body
    def json(self):
        import json
        return json.loads(self.body)

for body in ('{"results": [1]}', '{"results": []}', '{"detail": "no"}', '[]', 'null', '<html>'):
    print(read_answer(Response(body), valid=is_page)[1])
"""


def test_an_answer_to_something_else_is_a_failure(project: Project):
    right, empty, *others = python(project, "-c", WRONG).splitlines()
    assert right == ""
    assert empty == "an answer to something else"
    assert all(other.startswith("not the answer there should be") for other in others)
    assert len(others) == 4


def test_plain_locust_finds_the_local_stack_by_itself(project: Project):
    completed = subprocess.run(
        [
            *(sys.executable, "-m", "locust", "-f", "loadtests/scenarios/shop.py", "--headless"),
            *("-u", "6", "-r", "6", "-t", "3s", "--exit-code-on-error", "1"),
        ],
        cwd=project.root,
        env=project.variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    assert "/api/products/" in completed.stderr
