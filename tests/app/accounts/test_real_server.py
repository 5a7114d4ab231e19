"""Signing in at the stack as it is brought up: gunicorn with two workers, a seeded database."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Project
from tests.values import DEMO_PASSWORD

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
def post(project: Project) -> Callable[..., Answer]:
    api_url = project.json("list")["base_url"]

    def send(address: str, **body: str) -> Answer:
        request = urllib.request.Request(
            f"{api_url}/api/auth/{address}/",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    return send


def test_a_seeded_customer_signs_in_and_of_four_refreshes_at_once_one_succeeds(
    post: Callable[..., Answer],
) -> None:
    status, pair = post("login", email="customer1@shop.example", password=DEMO_PASSWORD)
    assert status == 200
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            token = pair["refresh"]
            answers = list(pool.map(lambda _: post("refresh", refresh=token), range(4)))  # noqa: B023
            assert sorted(status for status, _ in answers) == [200, 401, 401, 401]
            pair = next(body for status, body in answers if status == 200)
