"""No test here has a database: a query that is refused reaches no resolver."""

import json
from importlib import import_module
from typing import Any

import pytest
from graphql import ExecutionResult
from pytest_django import Settings
from rest_framework.test import APIClient

from app.graph.limits import LIMITS


@pytest.fixture
def graph(api: APIClient, monkeypatch: pytest.MonkeyPatch):
    """Sends a query; tells whether it was let through instead of running it."""
    # The package's function of the same name hides the module from a dotted path.
    monkeypatch.setattr(
        import_module("ariadne.graphql"),
        "execute_sync",
        lambda *_, **__: ExecutionResult(data={}, errors=None),
    )

    def send(query: str, **variables: Any) -> list[str]:
        response = api.post("/graphql/", {"query": query, "variables": variables})
        body = response.json()
        if response.status_code == 200:
            assert body == {"data": {}}
            return []
        assert response.status_code == 400
        assert "data" not in body
        return [error["extensions"]["code"] for error in body["errors"]]

    return send


def chain(levels: int) -> str:
    """A product's reviews' products' reviews, so many fields deep."""
    fields = ["product(id: 1)", *["reviews(first: 1)", "product"] * levels][: levels - 1]
    return "{ " + " { ".join([*fields, "id"]) + " }" * levels


@pytest.mark.parametrize(("levels", "codes"), [(8, []), (9, ["QUERY_TOO_DEEP"])])
def test_depth_is_limited(graph, levels: int, codes: list[str]) -> None:
    assert graph(chain(levels)) == codes


def test_depth_is_counted_through_fragments(graph) -> None:
    inner = "fragment Deep on Product { reviews { product { ...Deeper } } }"
    innermost = "fragment Deeper on Product { reviews { product { ... on Product { %s } } } }"
    query = "{ products(first: 1) { items { ...Deep } } } " + inner + innermost
    assert graph(query % "reviews { id }") == graph(query % "id brand { id }") == []
    assert graph(query % "reviews { product { id } }") == ["QUERY_TOO_DEEP"]


def test_what_is_too_deep_to_be_parsed_is_refused(graph) -> None:
    assert graph("{ a " * 330 + "}" * 330) == ["INVALID_QUERY"]


def test_nesting_that_adds_no_depth_exhausts_nothing(graph) -> None:
    nested = "".join(
        f"fragment F{i} on Product {{ {'... { ' * 75} ...F{i + 1} {'} ' * 75} }} " for i in range(4)
    )
    query = "{ product(id: 1) { ...F0 } } " + nested + "fragment F4 on Product { id }"
    # graphql-core says so itself where the interpreter's stack would not be enough for its rules.
    assert graph(query) in ([], ["INVALID_QUERY"])


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment A on Product { id ...A }",
        "fragment A on Product { id ...B } fragment B on Product { ...A }",
        "fragment A on Product { reviews { product { ...A } } }",
    ],
)
def test_a_fragment_within_itself_is_refused(graph, fragments: str) -> None:
    assert graph("{ products { items { ...A } } } " + fragments) == ["INVALID_QUERY"]


@pytest.mark.parametrize(("fields", "codes"), [(98, []), (99, ["TOO_MANY_FIELDS"])])
def test_fields_are_limited(graph, fields: int, codes: list[str]) -> None:
    assert graph("{ products { items { " + "id " * fields + "} } }") == codes


def test_fields_of_a_fragment_count_as_often_as_it_is_spread(graph) -> None:
    fragment = "fragment Many on Product { " + "id " * 49 + "}"
    assert graph("{ products { items { ...Many ...Many } } } " + fragment) == []
    assert graph("{ products { items { ...Many ...Many id } } } " + fragment) == ["TOO_MANY_FIELDS"]


def test_fragments_that_double_forty_times_are_measured_at_once(graph) -> None:
    doubling = "".join(
        f"fragment F{i} on Product {{ ...F{i + 1} ...F{i + 1} }} " for i in range(40)
    )
    query = "{ products { items { ...F0 } } } " + doubling + "fragment F40 on Product { id }"
    assert graph(query) == ["TOO_MANY_FIELDS"]


@pytest.mark.parametrize(("aliases", "codes"), [(15, []), (16, ["TOO_MANY_ALIASES"])])
def test_aliases_are_limited(graph, aliases: int, codes: list[str]) -> None:
    assert graph("{" + " ".join(f"a{i}: __typename" for i in range(aliases)) + "}") == codes


def test_aliases_are_counted_through_fragments(graph) -> None:
    fragment = "fragment A on Product { " + " ".join(f"a{i}: id" for i in range(8)) + "}"
    assert graph("{ products { items { ...A ...A } } } " + fragment) == ["TOO_MANY_ALIASES"]


def test_cost_multiplies_the_sizes_of_lists(graph) -> None:
    query = "{ products(first: %d) { items { reviews(first: %d) { id } } } }"
    assert graph(query % (40, 49)) == []
    assert graph(query % (40, 50)) == ["QUERY_TOO_EXPENSIVE"]


def test_cost_counts_each_alias(graph) -> None:
    part = "products(first: 40) { items { reviews(first: 25) { id } } }"
    assert graph("{ " + part + " }") == []
    assert graph("{ a: " + part + " b: " + part + " }") == ["QUERY_TOO_EXPENSIVE"]


def test_cost_is_counted_through_fragments(graph) -> None:
    query = """
      { products(first: 40) { ...Page } }
      fragment Page on ProductPage { items { ...Item } }
      fragment Item on Product { ... on Product { reviews(first: %d) { id } } }
    """
    assert graph(query % 49) == []
    assert graph(query % 50) == ["QUERY_TOO_EXPENSIVE"]


def test_variables_count_in_page_sizes(graph) -> None:
    query = """
      query ($products: PageSize!, $reviews: PageSize!) {
        products(first: $products) { items { reviews(first: $reviews) { id } } }
      }
    """
    assert graph(query, products=40, reviews=49) == []
    assert graph(query, products=40, reviews=50) == ["QUERY_TOO_EXPENSIVE"]


def test_a_variable_that_is_not_given_counts_as_its_default(graph) -> None:
    query = """
      query ($size: PageSize! = 100) {
        products(first: $size) { items { reviews(first: $size) { id } } }
      }
    """
    assert graph(query) == ["QUERY_TOO_EXPENSIVE"]
    assert graph(query, size=10) == []


@pytest.mark.parametrize("size", [0, -1, 101, 10**12, 1.5, "20", True, None])
def test_a_page_has_one_to_a_hundred_rows(graph, size: Any) -> None:
    query = "query ($size: PageSize!) { products(first: $size) { next } }"
    assert graph(query, size=size) == ["INVALID_QUERY"]
    assert graph(f"{{ products(first: {json.dumps(size)}) {{ next }} }}") == ["INVALID_QUERY"]


def test_length_is_limited(graph) -> None:
    query = "{ __typename }"
    assert graph(query.ljust(LIMITS.characters)) == []
    assert graph(query.ljust(LIMITS.characters + 1)) == ["QUERY_TOO_LONG"]


def test_tokens_are_limited(graph) -> None:
    # Braces and names are a token each; repeating a field is no error of another kind.
    assert graph("{" + " id" * (LIMITS.tokens - 2) + "}") == ["TOO_MANY_FIELDS"]
    assert graph("{" + " id" * (LIMITS.tokens - 1) + "}") == ["INVALID_QUERY"]


def test_a_request_has_one_operation(graph) -> None:
    assert graph("query A { __typename } query B { __typename }") == ["MULTIPLE_OPERATIONS"]


@pytest.mark.parametrize(
    "query", ["{ __schema { types { name } } }", '{ __type(name: "A") { name } }']
)
def test_the_schema_is_read_only_where_experiments_or_debugging_are_on(
    graph, settings: Settings, query: str
) -> None:
    hidden = "{ ...All } fragment All on Query " + query
    assert graph(query) == graph(hidden) == ["INTROSPECTION_DISABLED"]
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"EXPERIMENTS": True}
    assert graph(query) == []
    settings.HEADTOHEAD = settings.HEADTOHEAD | {"EXPERIMENTS": False}
    settings.DEBUG = True
    assert graph(query) == []


def test_without_introspection_nothing_is_suggested(api: APIClient) -> None:
    body = api.post("/graphql/", {"query": "{ productz { next } }"}).json()
    assert "Did you mean" not in body["errors"][0]["message"]


def test_the_type_name_is_no_introspection(graph) -> None:
    assert graph("{ __typename products { __typename } }") == []
