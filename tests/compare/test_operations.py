"""What a document on a server offers, with values that the server knows."""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from headtohead.compare.openapi import operations_at
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
}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = ANSWERS.get(self.path)
        data = json.dumps(content).encode()
        self.send_response(404 if content is None else 200)
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


@pytest.mark.parametrize("document", ["/empty/", "/nowhere/"])
def test_what_is_no_document_is_refused_with_the_setting(url, document):
    with pytest.raises(ConfigurationError, match=f"{document} is no OpenAPI document; set `open"):
        operations_at(url, document, given={}, headers=HEADERS)
