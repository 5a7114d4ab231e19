"""What the schema says against what the API does: made-up requests to a real server."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass

import psycopg2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode, graphql
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.conftest import Project
from tests.values import DEMO_PASSWORD

pytestmark = pytest.mark.stack

# How many of each kind for each operation and each client: together about 900 by day, and more than
# 10,000 by night.
HOW_MANY = [pytest.param(8, id="some"), pytest.param(100, id="many", marks=pytest.mark.nightly)]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ADDRESS = "customer1@shop.example"
for scalar, values in (
    ("PageSize", strategies.integers().map(graphql.nodes.Int)),
    ("Decimal", strategies.text().map(graphql.nodes.String)),
    ("DateTime", strategies.text().map(graphql.nodes.String)),
):
    graphql.scalar(scalar, values)
# Asks carriers, and there are none beside a stack until an experiment brings one.
LACKS_ITS_UPSTREAM = "/api/delivery/quotes/"


def examples(number: int) -> settings:
    """So many, which are always the same ones."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(kw_only=True)
class Served:
    """An API beside the stack, whose rows made-up requests may change."""

    url: str
    refresh: str
    operations: list[APIOperation]
    graph: list[APIOperation]

    def headers(self, client: str) -> dict[str, str]:
        """What the client sends with every request."""
        if client == "nobody":
            return {}
        # Access tokens last minutes, and signing in is throttled by what others get wrong.
        pair = post(self.url, "refresh", refresh=self.refresh)
        self.refresh = pair["refresh"]
        return {"Authorization": f"Bearer {pair['access']}"}


@pytest.fixture(scope="module")
def served(project: Project) -> Iterator[Served]:
    with project.scratch(rows=50) as running:
        url = running.api_url
        make_staff(running.database_url)
        schema = schemathesis.openapi.from_url(f"{url}/api/schema/")
        pair = post(url, "login", email=ADDRESS, password=DEMO_PASSWORD)
        yield Served(
            url=url,
            refresh=pair["refresh"],
            operations=[
                operation
                for each in schema.get_all_operations()
                if (operation := each.ok()).path != LACKS_ITS_UPSTREAM
            ],
            graph=[
                each.ok()
                for each in graphql.from_url(
                    f"{url}/graphql/", wait_for_schema=10
                ).get_all_operations()
            ],
        )


def make_staff(database_url: str) -> None:
    """Let a customer do all that anybody may."""
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET is_staff = true, is_superuser = true WHERE email = %s",
            [ADDRESS],
        )
        assert cursor.rowcount == 1
    connection.close()


def post(url: str, address: str, **body: str) -> dict[str, str]:
    request = urllib.request.Request(
        f"{url}/api/auth/{address}/",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        pair: dict[str, str] = json.load(response)
    return pair


@pytest.mark.parametrize("number", HOW_MANY)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("client", ["nobody", "staff"])
def test_every_answer_is_as_the_schema_says(
    served: Served, client: str, mode: GenerationMode, number: int
) -> None:
    headers, asked = served.headers(client), set()
    for operation in served.operations:

        @examples(number)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers(case: Case) -> None:
            asked.add(case.operation.label)
            case.call_and_validate(base_url=served.url, headers=headers, checks=CHECKS)

        # What takes nothing can be asked for nothing wrong.
        with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
            answers()
    assert "PATCH /api/products/{product_id}/" in asked
    assert len(asked) == len(served.operations) or mode is GenerationMode.NEGATIVE


@pytest.mark.parametrize("number", HOW_MANY)
@pytest.mark.parametrize("client", ["nobody", "staff"])
def test_graphql_fails_at_no_operation(served: Served, client: str, number: int) -> None:
    headers, asked = served.headers(client), set()
    for operation in served.graph:

        @examples(number)
        @given(case=operation.as_strategy())
        def answers(case: Case) -> None:
            asked.add(case.operation.label)
            answer = case.call(base_url=served.url, headers=headers)
            assert answer.status_code in {200, 400}, case.body
            codes = {each["extensions"]["code"] for each in answer.json().get("errors", [])}
            assert "INTERNAL" not in codes, case.body

        answers()
    assert len(asked) == len(served.graph) >= 5
