"""What a document on a server offers, with values that the server knows."""

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from headtohead.compare.openapi import first_list, operations_at
from headtohead.errors import ConfigurationError

HEADERS = {"Accept": "application/json"}
DOCUMENT = {
    "paths": {
        "/products/": {"get": {}, "post": {}},
        "/products/{id}/": {"get": {"parameters": [{"name": "id", "in": "path"}]}},
        "/products/{id}/reviews/{review}/": {
            "get": {"parameters": [{"name": "id", "in": "path"}, {"name": "review", "in": "path"}]}
        },
        "/orders/{number}/": {"get": {"parameters": [{"name": "number", "in": "path"}]}},
    }
}
ANSWERS: dict[str, Any] = {
    "/schema/": DOCUMENT,
    "/products/": {"results": [{"id": 7}]},
    "/orders/": {"results": []},
    "/empty/": {},
    "/based/": {**DOCUMENT, "servers": [{"url": "/shop"}]},
    "/shop/products/": [{"id": 8}],
}
TEXTS = {
    "/yaml/": "# made by hand\nopenapi: 3.1.0\npaths:\n  /products/: {get: {}}\n",
    "/broken/": "openapi: [3.1.0\n",
    "/page/": "<html>",
}
STATUS = {"/private/": 401, "/forbidden/": 403}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = ANSWERS.get(self.path)
        data = TEXTS.get(self.path, json.dumps(content)).encode()
        known = content is not None or self.path in TEXTS
        self.send_response(STATUS.get(self.path, 200 if known else 404))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def asked(url: str, given: Mapping[str, Any] | None = None) -> tuple[list[str], dict[str, str]]:
    paths, untimed = operations_at(url, "/schema/", given=given or {}, headers=HEADERS)
    return paths, {each.path: each.reason for each in untimed}


def test_a_value_comes_from_the_first_item_of_the_list_above(url):
    paths, _ = asked(url)
    assert paths == ["/products/", "/products/7/"]


def test_what_no_list_knows_is_left_out_with_what_would_tell(url):
    _, untimed = asked(url)
    assert untimed == {
        "/products/{id}/reviews/{review}/": "no value for review; give one with --parameters",
        "/orders/{number}/": "no value for number; give one with --parameters",
    }


def test_values_that_are_given_come_first(url):
    paths, untimed = asked(url, {"id": 3, "review": 1, "number": "A 1"})
    assert paths == ["/products/", "/products/3/", "/products/3/reviews/1/", "/orders/A%201/"]
    assert untimed == {}


def test_lists_are_asked_where_the_documents_server_has_them(url):
    paths, _ = operations_at(url, "/based/", given={}, headers=HEADERS)
    assert paths == ["/shop/products/", "/shop/products/8/"]


def refused(url: str, document: str) -> str:
    with pytest.raises(ConfigurationError) as told:
        operations_at(url, document, given={}, headers=HEADERS)
    return str(told.value)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("/empty/", "/empty/ is no OpenAPI document"),
        ("/page/", "/page/ is no OpenAPI document"),
        ("/broken/", "/broken/ is no OpenAPI document"),
        ("/nowhere/", "/nowhere/ is no OpenAPI document but answers 404"),
    ],
)
def test_what_is_no_document_is_refused_with_the_setting(url, document, problem):
    assert refused(url, document).startswith(f"{problem}; set `openapi` in [tool.headtohead]")


@pytest.mark.parametrize(("document", "status"), [("/private/", 401), ("/forbidden/", 403)])
def test_a_document_for_whoever_logs_in_is_told_with_the_ways_to(url, document, status):
    assert refused(url, document) == (
        f"{document} answers {status}; log in with --header, H2H_HEADERS or [tool.headtohead.login]"
    )


def test_a_document_of_yaml_is_read(url):
    pytest.importorskip("yaml")
    paths, _ = operations_at(url, "/yaml/", given={}, headers=HEADERS)
    assert paths == ["/products/"]


def test_a_document_of_yaml_that_nothing_reads_is_told(url, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert refused(url, "/yaml/").startswith(
        "/yaml/ is YAML, which takes PyYAML to read; install pyyaml beside headtohead, or set"
    )


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (DOCUMENT, "/products/"),
        # What others are items of comes before what only stands first.
        ({"paths": {"/about/": {"get": {}}, **DOCUMENT["paths"]}}, "/products/"),
        ({"paths": {"/schema/": {"get": {}}, "/about/": {"get": {}}}}, "/about/"),
        ({"paths": {"/products/{id}/": {"get": {}}, "/orders/": {"post": {}}}}, None),
        ({"paths": []}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_first_list_is_one_that_can_be_asked_for_as_it_is(document, path, url, monkeypatch):
    monkeypatch.setitem(ANSWERS, "/schema/", document)
    assert first_list(url, "/schema/", headers=HEADERS) == path
