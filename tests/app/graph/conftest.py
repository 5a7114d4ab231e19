from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

Graph = Callable[..., dict[str, Any]]


@pytest.fixture
def graph(api: APIClient) -> Graph:
    """Sends a query and returns the answer's body."""

    def send(query: str, **variables: Any) -> dict[str, Any]:
        return api.post("/graphql/", {"query": query, "variables": variables}).json()

    return send
