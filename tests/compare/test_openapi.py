import pytest

from headtohead.compare.openapi import (
    Operation,
    first_item,
    operations,
    read_parameters,
    value_in,
)
from headtohead.errors import ConfigurationError


def document(**paths: object) -> dict:
    return {"paths": {f"/{name}/": item for name, item in paths.items()}}


def operation(template: str, *required: str) -> Operation:
    return Operation(template=template, required=required, examples={})


def test_only_get_operations_are_found():
    found = operations(document(a={"get": {}}, b={"post": {}}, c={"get": {}, "delete": {}}))
    assert [each.template for each in found] == ["/a/", "/c/"]


def test_a_document_without_paths_has_no_operations():
    assert operations({"openapi": "3.1.0"}) == ()


def test_only_query_parameters_that_are_required_are_required():
    found = operations(
        document(
            a={
                "parameters": [{"name": "shared", "in": "query", "required": True}],
                "get": {
                    "parameters": [
                        {"name": "page", "in": "query"},
                        {"name": "X-Key", "in": "header", "required": True},
                        {"name": "text", "in": "query", "required": True},
                    ]
                },
            }
        )
    )
    assert found[0].required == ("shared", "text")


@pytest.mark.parametrize(
    ("told", "at", "path"),
    [
        ({"basePath": "/api/v1/"}, "/schema/", "/api/v1/a/"),
        ({"basePath": "/"}, "/schema/", "/a/"),
        ({"servers": [{"url": "https://shop.example/api"}]}, "/schema/", "/api/a/"),
        ({"servers": [{"url": "/v1"}, {"url": "/v2"}]}, "/schema/", "/v1/a/"),
        ({"servers": [{"url": "v1"}]}, "/api/schema.json", "/api/v1/a/"),
        ({"servers": [{"url": "https://shop.example"}]}, "/api/schema.json", "/a/"),
        (
            {"servers": [{"url": "/{tier}/x", "variables": {"tier": {"default": "free"}}}]},
            "/",
            "/free/x/a/",
        ),
        ({"servers": []}, "/schema/", "/a/"),
    ],
)
def test_a_document_says_what_stands_before_its_paths(told, at, path):
    (found,) = operations({**document(a={"get": {}}), **told}, at=at)
    assert found.template == path


def test_an_operation_may_have_another_server_than_its_document():
    described = document(
        a={"servers": [{"url": "/two"}], "get": {}},
        b={"servers": [{"url": "/two"}], "get": {"servers": [{"url": "/three"}]}},
    )
    found = operations({**described, "servers": [{"url": "/one"}]})
    assert [each.template for each in found] == ["/two/a/", "/three/b/"]


def test_parameters_of_swagger_2_are_found_where_it_keeps_them():
    described = document(a={"get": {"parameters": [{"$ref": "#/parameters/Day"}]}})
    described["parameters"] = {"Day": {"name": "day", "in": "query", "default": 3}}
    (found,) = operations(described)
    assert found.examples == {"day": 3}


def test_what_is_no_operation_is_passed_over():
    assert operations({"paths": {"/a/": None, "/b/": {"get": None}}}) == ()


@pytest.mark.parametrize(
    "described",
    [
        {"example": 7},
        {"examples": {"one": {"value": 7}, "other": {"value": 8}}},
        {"schema": {"example": 7}},
        {"schema": {"default": 7}},
        {"example": 7, "schema": {"default": 8}},
    ],
)
def test_values_come_from_what_the_document_shows(described):
    parameter = {"name": "page", "in": "query", **described}
    (found,) = operations(document(a={"get": {"parameters": [parameter]}}))
    assert found.examples == {"page": 7}


def test_a_falsy_example_is_one():
    parameter = {"name": "page", "in": "query", "example": 0}
    (found,) = operations(document(a={"get": {"parameters": [parameter]}}))
    assert found.examples == {"page": 0}


def test_a_parameter_by_reference_is_looked_up():
    described = document(a={"get": {"parameters": [{"$ref": "#/components/parameters/Day"}]}})
    day = {"name": "day", "in": "query", "required": True, "example": 3}
    described["components"] = {"parameters": {"Day": day}}
    (found,) = operations(described)
    assert (found.required, found.examples) == (("day",), {"day": 3})


def test_a_reference_to_nothing_is_no_parameter():
    described = document(a={"get": {"parameters": [{"$ref": "#/components/parameters/Gone"}]}})
    (found,) = operations(described)
    assert (found.required, found.examples) == ((), {})


def test_an_operation_knows_what_it_lacks_those_of_the_path_first():
    found = operation("/shops/{shop_id}/items/{id}/", "day")
    assert found.parameters == ("shop_id", "id")
    assert found.list_path == "/shops/"
    assert found.missing({}) == ("shop_id", "id", "day")
    assert found.missing({"shop_id": 1, "day": 2}) == ("id",)


def test_a_path_is_filled_in_and_quoted():
    found = operation("/shops/{name}/items/{id}/", "text")
    path = found.path({"name": "a/b c", "id": 7, "text": "x&y", "other": 1})
    assert path == "/shops/a%2Fb%20c/items/7/?text=x%26y"
    assert operation("/shops/").path({"id": 7}) == "/shops/"


@pytest.mark.parametrize(
    ("answer", "item"),
    [
        ([{"id": 1}, {"id": 2}], {"id": 1}),
        ({"count": 1, "results": [{"id": 1}]}, {"id": 1}),
        ([], {}),
        ({"results": []}, {}),
        ({"detail": "no"}, {}),
        ([1, 2], {}),
        (None, {}),
    ],
)
def test_the_first_item_of_a_list(answer, item):
    assert first_item(answer) == item


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("slug", "tea"), ("product_slug", "tea"), ("product_pk", 7), ("id", 7)],
)
def test_an_item_says_what_a_parameter_stands_for(parameter, value):
    assert value_in({"id": 7, "slug": "tea"}, parameter) == value


def test_an_item_that_says_nothing_has_no_value():
    assert value_in({"name": "tea", "id": None}, "id") is None


def test_parameters_are_read_from_toml_and_json(tmp_path):
    toml, json = tmp_path / "values.toml", tmp_path / "values.json"
    toml.write_text("id = 7\n", encoding="utf-8")
    json.write_text('{"id": 7}', encoding="utf-8")
    assert read_parameters(toml) == read_parameters(json) == {"id": 7}


@pytest.mark.parametrize(
    ("name", "text"), [("a.toml", "id: 7"), ("a.json", "id = 7"), ("a.json", "[7]")]
)
def test_parameters_that_are_no_table_are_refused(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="parameters file"):
        read_parameters(path)


def test_parameters_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_parameters(tmp_path / "gone.toml")
