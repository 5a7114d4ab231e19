from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from headtohead.compare.endpoints import endpoints_at
from headtohead.errors import ConfigurationError
from headtohead.init.endpoint import (
    Answer,
    Chosen,
    ask_each,
    choose,
    document_fact,
    endpoint_fact,
)
from headtohead.init.facts import Fact, Standing
from tests.init.samples import CONFIG

DOCUMENT = {"paths": {"/things/": {"get": {}}, "/things/{id}/": {"get": {}}}}
(THINGS,) = endpoints_at(["/things/"])
CHOSEN = Chosen(endpoint=THINGS, known_by="--path")


def fact(base: int, head: int, *, location: str = "") -> Fact:
    answers = {"base": Answer(status=base), "head": Answer(status=head, location=location)}
    return endpoint_fact(CHOSEN, answers, logs=".h2h/logs")


def chosen(server: HTTPServer, path: str | None = None, *, document: str = "/its/own/") -> Chosen:
    return choose(path, url=server.url_for("").rstrip("/"), document=document, headers={})


@pytest.mark.parametrize(("base", "head"), [(200, 200), (200, 204)])
def test_what_both_answer_can_be_timed(base, head):
    assert fact(base, head).standing is Standing.FOUND
    assert fact(base, head).found == f"/things/: {head} from both sides"


@pytest.mark.parametrize(
    ("base", "head", "location", "advice"),
    [
        (401, 401, "", "H2H_HEADERS="),
        (403, 403, "", "headers = ["),
        (302, 302, "/accounts/login/?next=/", "--cookie"),
        (302, 302, "/en/", "h2h init --path"),
        (404, 404, "", "h2h init --path"),
        (404, 200, "", "h2h init --path"),
        (500, 500, "", "see the logs in .h2h/logs"),
        (200, 500, "", "see the logs in .h2h/logs"),
        (503, 200, "", "see the logs in .h2h/logs"),
    ],
)
def test_what_cannot_be_timed_says_what_to_do(base, head, location, advice):
    found = fact(base, head, location=location)
    assert found.standing is Standing.MISSING
    assert advice in found.line_to_add
    assert f" {base}" in found.found
    assert f" {head}" in found.found


def test_where_it_redirects_to_is_told():
    assert fact(302, 302, location="/en/").found == "/things/: 302 from both sides, to /en/"


def test_the_path_that_is_named_is_asked_and_nothing_looked_for(httpserver):
    found = chosen(httpserver, "/a/?b=1")
    assert (found.endpoint.path, found.known_by, found.document) == ("/a/?b=1", "--path", "")
    assert httpserver.log == []
    assert document_fact(found, config=CONFIG) is None
    with pytest.raises(ConfigurationError, match="start it with a single slash"):
        chosen(httpserver, "a")


def test_the_first_list_of_the_document_is_asked(httpserver):
    httpserver.expect_request("/its/own/").respond_with_json(DOCUMENT)
    found = chosen(httpserver)
    assert (found.endpoint.path, found.document) == ("/things/", "/its/own/")
    assert found.known_by == "the first list in /its/own/"


def test_a_document_in_another_usual_place_is_found_and_offered(httpserver):
    httpserver.expect_request("/openapi.json").respond_with_json(DOCUMENT)
    found = chosen(httpserver)
    assert (found.endpoint.path, found.document) == ("/things/", "/openapi.json")
    offered = document_fact(found, config=CONFIG)
    assert offered is not None
    assert offered.standing is Standing.OFFERED
    assert offered.lines == ('openapi = "/openapi.json"',)
    known = document_fact(found, config=replace(CONFIG, openapi="/openapi.json"))
    assert known is not None
    assert known.standing is Standing.FOUND


def test_without_a_document_it_is_the_root(httpserver):
    found = chosen(httpserver)
    assert (found.endpoint.path, found.document) == ("/", "")
    assert found.known_by == "no document at /its/own/ or another usual place"


def test_each_side_is_asked_once_and_no_redirect_followed(httpserver):
    def answer(**given: Any) -> None:
        httpserver.expect_request("/things/").respond_with_data("", **given)

    answer(status=302, headers={"Location": "/en/things/"})
    url = httpserver.url_for("").rstrip("/")
    answers = ask_each(THINGS, urls={"base": url, "head": url}, headers={"Accept": "it"})
    assert answers == dict.fromkeys(("base", "head"), Answer(status=302, location="/en/things/"))
    assert [(each.path, each.headers["Accept"]) for each, _ in httpserver.log] == [
        ("/things/", "it")
    ] * 2
