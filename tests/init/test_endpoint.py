import tomllib
from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from headtohead.compare.asking import Response
from headtohead.compare.endpoints import endpoints_at
from headtohead.compare.login_settings import read_login
from headtohead.errors import ConfigurationError
from headtohead.init.endpoint import (
    Chosen,
    choose,
    document_fact,
    endpoint_fact,
    judged,
    routes_fact,
)
from headtohead.init.facts import Fact, Standing
from headtohead.protocol.project_description import ProjectRoutes
from headtohead.services.django_project import Project
from tests.init.samples import CONFIG
from tests.services.test_django_project import project

DOCUMENT = {"paths": {"/things/": {"get": {}}, "/things/{id}/": {"get": {}}}}
(THINGS,) = endpoints_at(["/things/"])
CHOSEN = Chosen(endpoint=THINGS, known_by="--path")


def fact(base: int, head: int, *, location: str = "") -> Fact:
    sides = (Response(status=each, body=b"", location=location) for each in (base, head))
    return judged(CHOSEN, *sides, logs=".h2h/logs")


def chosen(
    server: HTTPServer,
    path: str | None = None,
    *,
    document: str = "/its/own/",
    settings: str = "shop.settings",
) -> Chosen:
    url = server.url_for("").rstrip("/")
    served = project(settings_module=settings)
    return choose(path, url=url, document=document, headers={}, project=served)


@pytest.fixture(autouse=True)
def routed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the project's URLconf leads to."""
    paths: list[str] = []
    monkeypatch.setattr(
        Project,
        "routes",
        lambda _: ProjectRoutes(paths=tuple(paths), with_parameters=2, set_aside=9),
    )
    return paths


@pytest.mark.parametrize(("base", "head"), [(200, 200), (200, 204)])
def test_what_both_answer_can_be_timed(base, head):
    assert fact(base, head).standing is Standing.FOUND
    assert fact(base, head).found == f"/things/: {head} from both sides"


@pytest.mark.parametrize(
    ("base", "head", "location", "advice"),
    [
        (401, 401, "", "login = { token_url ="),
        (403, 403, "", "H2H_HEADERS"),
        (302, 302, "https://accounts.example/login/", "login = { token_url ="),
        (302, 302, "/in/?next=/things/", 'login = { url = "/in/"'),
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


@pytest.mark.parametrize(
    ("paths", "path"),
    [(["/a/", "/"], "/"), (["/a/", "/b/"], "/a/"), (["/a/"], "/a/")],
)
def test_without_a_document_it_is_one_of_the_urlconf(paths, path, routed, httpserver):
    routed += paths
    found = chosen(httpserver)
    assert (found.endpoint.path, found.known_by, found.document) == (path, "the URLconf", "")
    fact = routes_fact(found)
    assert fact is not None
    assert fact.found == f"{len(paths)} paths without parameters, 2 with, 9 for running the project"


@pytest.mark.parametrize("settings", ["shop.settings", ""])
def test_where_nothing_names_a_path_it_is_the_root(settings, httpserver):
    found = chosen(httpserver, settings=settings)
    assert (found.endpoint.path, found.document) == ("/", "")
    assert found.known_by == "no document at /its/own/ or another usual place"
    assert (routes_fact(found) is None) == (not settings)


@pytest.mark.parametrize(
    ("status", "location", "way"),
    [(302, "/in/?next=/a/", "url"), (302, "/a%22b/login/", "url"), (401, "", "token_url")],
)
def test_the_line_that_logs_in_can_be_used(status, location, way):
    (line,) = fact(status, status, location=location).lines
    login = read_login(tomllib.loads(line)["login"], environment={"PASSWORD": "it"})
    assert login is not None
    assert login.way == way
    assert login.at == (location.partition("?")[0] or "/api/token/")


def test_each_side_is_asked_once_and_no_redirect_followed(httpserver):
    def answer(**given: Any) -> None:
        httpserver.expect_request("/things/").respond_with_data("", **given)

    answer(status=302, headers={"Location": "/en/things/"})
    url = httpserver.url_for("").rstrip("/")
    headers = {side: {"Accept": side} for side in ("base", "head")}
    found = endpoint_fact(CHOSEN, urls={"base": url, "head": url}, headers=headers, logs="")
    assert found.found == "/things/: 302 from both sides, to /en/things/"
    assert [(each.path, each.headers["Accept"]) for each, _ in httpserver.log] == [
        ("/things/", "base"),
        ("/things/", "head"),
    ]


def test_an_answer_without_an_end_is_told(httpserver, monkeypatch):
    monkeypatch.setattr("headtohead.compare.asking.MOST_BYTES", 5)
    httpserver.expect_request("/things/").respond_with_data("longer")
    url = httpserver.url_for("").rstrip("/")
    sides = dict.fromkeys(("base", "head"), url)
    found = endpoint_fact(CHOSEN, urls=sides, headers={each: {} for each in sides}, logs="")
    assert found.standing is Standing.MISSING
    assert found.found == "/things/: base's answer is longer than 0 MB"
