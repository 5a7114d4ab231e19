"""What two revisions are asked for: names, and what an OpenAPI document says."""

import pytest

from headtohead.caveats import Caveat
from headtohead.compare.endpoints import Endpoint, distinct, endpoints_at, name_of
from headtohead.compare.openapi import first_item, operations, read_parameters, value_in
from headtohead.compare.preflight import _Said, judged
from headtohead.errors import ConfigurationError
from headtohead.experiment import NAME

DOCUMENT = {
    "components": {
        "parameters": {"Page": {"name": "page", "in": "query", "schema": {"default": 2}}}
    },
    "paths": {
        "/products/": {"get": {"parameters": [{"$ref": "#/components/parameters/Page"}]}},
        "/products/{product_id}/": {"get": {}, "delete": {}},
        "/search/": {
            "get": {
                "parameters": [
                    {"name": "q", "in": "query", "required": True, "example": "a&b"},
                ]
            }
        },
        "/orders/": {"post": {}},
    },
}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "root"),
        ("/api/products/?page=2", "api-products-page-2"),
        ("/2026/", "path-2026"),
        ("/Öl/", "l"),
    ],
)
def test_an_endpoint_is_named_after_its_path(path, name):
    assert name_of(path) == name
    assert NAME.fullmatch(name)


def test_each_request_is_asked_once_and_a_name_that_is_taken_gets_a_number():
    found = endpoints_at(["/a/", "/a", "/a/", "/A/"])
    assert [(each.path, each.name) for each in found] == [
        ("/a/", "a"),
        ("/a", "a-2"),
        ("/A/", "a-3"),
    ]
    other_headers = Endpoint(name="a", path="/a/", headers={"Accept": "text/html"})
    assert len(distinct([*found, other_headers, found[0]])) == 4


@pytest.mark.parametrize("path", ["products/", "//elsewhere/", "http://elsewhere/"])
def test_a_path_that_is_not_absolute_is_refused(path):
    with pytest.raises(ConfigurationError, match="not absolute; start it with a single slash"):
        endpoints_at([path])


def test_a_request_looks_the_same_to_both_sides_and_asks_for_no_variant():
    endpoint = Endpoint(name="a", path="/a/", headers={"Accept": "text/html"})
    base, head = (endpoint.arm(side, url=f"http://{side}", token="t") for side in ("base", "head"))
    assert base.headers == head.headers
    assert base.headers["Host"] == "127.0.0.1"
    assert base.headers["Accept"] == "text/html"
    assert "Baggage" not in base.headers


def test_get_operations_are_filled_with_what_the_document_and_others_say():
    listed, one, search = operations(DOCUMENT)
    assert listed.path(listed.examples) == "/products/"
    assert listed.examples == {"page": 2}
    assert one.missing({}) == ("product_id",)
    assert one.list_path == "/products/"
    assert one.path({"product_id": "a/b"}) == "/products/a%2Fb/"
    assert search.path(search.examples) == "/search/?q=a%26b"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ([{"id": 7}], 7),
        ({"results": [{"id": 0}]}, 0),
        ([{"product_id": 3, "id": 7}], 3),
        ([], None),
        ({"results": None}, None),
        ("text", None),
        (None, None),
    ],
)
def test_the_first_item_of_a_list_gives_a_value(answer, value):
    assert value_in(first_item(answer), "product_id") == value


def test_values_come_from_a_file_of_either_kind(tmp_path):
    (tmp_path / "ids.toml").write_text("product_id = 1\n")
    (tmp_path / "ids.json").write_text('{"product_id": 1}')
    for name in ("ids.toml", "ids.json"):
        assert read_parameters(tmp_path / name) == {"product_id": 1}
    (tmp_path / "list.json").write_text("[1]")
    for name in ("missing.toml", "list.json"):
        with pytest.raises(ConfigurationError, match=name):
            read_parameters(tmp_path / name)


def said(status: int = 200, body: bytes = b"{}") -> list[_Said]:
    return [_Said(status=status, body=body)] * 2


@pytest.mark.parametrize(
    ("base", "head", "kind", "reason"),
    [
        (said(), said(500), "failed", "head answers 500"),
        (said(), said(404), "differs", "base answers 200, head 404"),
        (said(403), said(403), "skipped", "both answer 403"),
    ],
)
def test_what_cannot_be_timed_says_why(base, head, kind, reason):
    untimed = judged("/a/", base=base, head=head)
    assert (untimed.kind, untimed.reason) == (kind, reason)


def codes(found: tuple[Caveat, ...]) -> list[str]:
    return [each.code for each in found]


def test_bodies_that_differ_are_a_finding_unless_they_differ_by_themselves():
    assert judged("/a/", base=said(), head=said()) == ()
    (caveat,) = judged("/a/", base=said(body=b'{"a": 1}'), head=said(body=b'{"a": 2}'))
    assert (caveat.code, caveat.invalidates) == ("bodies-differ", False)
    assert "body.a: 1, not 2" in caveat.message
    varying = [_Said(status=200, body=b"1"), _Said(status=200, body=b"2")]
    assert codes(judged("/a/", base=varying, head=said())) == ["bodies-vary"]
