import re
from contextlib import closing

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

# What a page may link to without leaving this server.
OUTSIDE_ADDRESS = re.compile(r"""(?:src|href|url)\s*[=:]\s*["']?(?:https?:)?//""")


def test_the_schema_is_valid_and_complete_without_a_warning(tmp_path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema.yaml")
    schema = yaml.safe_load((tmp_path / "schema.yaml").read_text())
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert {"/api/products/", "/api/products/{product_id}/", "/health/"} <= schema["paths"].keys()
    assert all(operation["summary"] and operation["description"] for operation in operations)


def test_a_bounded_list_is_told_from_others_of_the_same_rows(api: APIClient) -> None:
    schemas = yaml.safe_load(api.get("/api/schema/").content)["components"]["schemas"]
    assert "capped" in schemas["BoundedProductList"]["required"]
    assert "capped" not in schemas["PaginatedProductList"]["properties"]


def test_the_api_serves_its_schema(api: APIClient) -> None:
    assert b"openapi: 3.0" in api.get("/api/schema/").content


def test_swagger_ui_needs_no_outside_address(api: APIClient) -> None:
    page = api.get("/api/docs/").content.decode()
    assert not OUTSIDE_ADDRESS.search(page)
    assert '"validatorUrl": null' in page
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert asset.startswith("/static/")
        with closing(api.get(asset)) as response:
            assert response.status_code == 200


@pytest.mark.parametrize(
    "page", ['<script src="https://x.example/a.js">', '<link href="//x.example/a.css">']
)
def test_the_search_for_outside_addresses_would_find_one(page: str) -> None:
    assert OUTSIDE_ADDRESS.search(page)
