import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from app.graph.errors import Code
from app.orders.models import Order

# What describes the API or watches over it, and is no part of it.
NOT_FOR_CLIENTS = {"/api/schema/", "/api/docs/", "/metrics", "/alive/"}

# What a page may link to without leaving this server.
OUTSIDE_ADDRESS = re.compile(r"""(?:src|href|url)\s*[=:]\s*["']?(?:https?:)?//""")


def test_the_schema_is_valid_and_complete_without_a_warning(tmp_path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema.yaml")
    schema = yaml.safe_load((tmp_path / "schema.yaml").read_text())
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert {"/api/products/", "/api/products/{product_id}/", "/health/"} <= schema["paths"].keys()
    assert all(operation["summary"] and operation["description"] for operation in operations)


def document(api: APIClient) -> dict[str, Any]:
    schema: dict[str, Any] = yaml.safe_load(api.get("/api/schema/").content)
    return schema


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def media_types(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that an operation takes or gives, after where it stands."""
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        yield f"request, {kind}", media
    for status, response in operation["responses"].items():
        for kind, media in response.get("content", {}).items():
            yield f"{status}, {kind}", media


def with_null(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable`, in the words of JSON Schema."""
    if isinstance(schema, list):
        return [with_null(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: with_null(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def test_every_address_of_the_api_is_described(api: APIClient) -> None:
    described = {re.sub(r"{\w+}", "{}", path) for path in document(api)["paths"]}
    assert described == addresses(get_resolver().url_patterns) - NOT_FOR_CLIENTS


def addresses(patterns: Iterable[URLPattern | URLResolver], prefix: str = "/") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        address = prefix + re.sub(r"<\w+:\w+>", "{}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            found |= addresses(pattern.url_patterns, address)
        else:
            found.add(address)
    return found


def test_everything_taken_or_given_has_an_example_and_the_example_is_true(api: APIClient) -> None:
    described = document(api)
    components = with_null(described["components"])
    for name, operation in operations(described):
        for where, media in media_types(operation):
            assert media.get("examples"), f"{name}: {where}"
            schema = with_null(media["schema"]) | {"components": components}
            for example in media["examples"].values():
                jsonschema.validate(example["value"], schema)


def test_every_operation_names_the_errors_that_any_may_give(api: APIClient) -> None:
    for name, operation in operations(document(api)):
        statuses = set(operation["responses"])
        assert {"400", "406", "414"} <= statuses, name
        assert ({"413", "415"} <= statuses) is ("requestBody" in operation), name
        assert ("401" in statuses) or not any(operation.get("security", [])), name


def test_enumerations_are_named(api: APIClient) -> None:
    schemas = document(api)["components"]["schemas"]
    enumerations = {name: each["enum"] for name, each in schemas.items() if "enum" in each}
    assert Order.Status.values in enumerations.values()
    assert sorted(code.value for code in Code) in map(sorted, enumerations.values())


def test_a_bounded_list_is_told_from_others_of_the_same_rows(api: APIClient) -> None:
    schemas = yaml.safe_load(api.get("/api/schema/").content)["components"]["schemas"]
    assert "capped" in schemas["BoundedProductList"]["required"]
    assert "capped" not in schemas["PaginatedProductList"]["properties"]


def test_the_api_serves_its_schema(api: APIClient) -> None:
    assert b"openapi: 3.0" in api.get("/api/schema/").content


# Closing a file's response has Django look at a connection that another test may have left open.
@pytest.mark.django_db
def test_swagger_ui_needs_no_outside_address(api: APIClient) -> None:
    page = api.get("/api/docs/").content.decode()
    script = "/api/docs/?script="
    assert '"validatorUrl": null' in api.get(script).content.decode()
    assert not OUTSIDE_ADDRESS.search(page)
    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert script in assets
    for asset in assets:
        assert asset.startswith(("/static/", script))
        with closing(api.get(asset)) as response:
            assert response.status_code == 200


@pytest.mark.parametrize(
    "page", ['<script src="https://x.example/a.js">', '<link href="//x.example/a.css">']
)
def test_the_search_for_outside_addresses_would_find_one(page: str) -> None:
    assert OUTSIDE_ADDRESS.search(page)
