"""What is asked for where nobody says it."""

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from headtohead.compare import finding
from headtohead.compare.finding import ServedSides, find_endpoints
from headtohead.errors import MeasurementError
from headtohead.protocol.project_description import ProjectRoutes
from headtohead.protocol.server_timing import ServerTiming
from headtohead.services.django_project import Project
from tests.services.test_django_project import project

LOG_IN = "log in with --header, H2H_HEADERS or [tool.headtohead.login]"
HEADERS = {"Accept": "application/json"}


class Asked:
    """Finds what base answers; head is nowhere, and not asked."""

    def __init__(self, server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self.said: list[str] = []
        self._monkeypatch = monkeypatch

    def answers(self, path: str, *, queries: int = 0, **given: Any) -> None:
        timing = ServerTiming(
            variant="", queries=queries, database_ms=1, cache_hits=0, cache_misses=0, total_ms=2
        )
        headers = {"Server-Timing": timing.to_header(), **given.pop("headers", {})}
        self.server.expect_request(path).respond_with_data("", headers=headers, **given)

    def finds(self, *paths: str, routed: bool = True, budget: float = 20, **more: int) -> list[str]:
        """The paths that are measured, where the URLconf has those."""
        routes = ProjectRoutes(paths=paths, **{"with_parameters": 0, "set_aside": 0, **more})
        self._monkeypatch.setattr(Project, "routes", lambda _: routes)
        url = self.server.url_for("").rstrip("/")
        endpoints = find_endpoints(
            ServedSides(
                urls={"base": url, "head": "http://127.0.0.1:9"},
                headers={"base": HEADERS, "head": {}},
                base=project(settings_module="shop.settings" if routed else ""),
            ),
            document="/its/own/",
            seconds=60,
            budget=budget,
            say=self.said.append,
        )
        return [each.path for each in endpoints]


@pytest.fixture
def asked(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(httpserver, monkeypatch)


@pytest.mark.parametrize("place", ["/its/own/", "/openapi.json"])
def test_it_is_what_the_document_names_of_which_base_has_the_paths(place, asked):
    document = {"paths": {each: {"get": {}} for each in ("/a/", "/b/", "/c/{id}/")}}
    asked.server.expect_request(place).respond_with_json(document)
    asked.answers("/a/")
    assert asked.finds("/routed/") == ["/a/"]
    assert asked.said == [
        f"Found in {place}: /a/.",
        # What a server of tests does not know it answers so.
        "Left out: 1 answers 500 (/b/); 1 has parameters. --path names others.",
    ]


def test_without_a_document_it_is_what_the_urlconf_leads_to(asked):
    asked.answers("/a/")
    asked.answers("/closed/", status=401)
    asked.answers("/mine/", status=302, headers={"Location": "/in/?next=/mine/"})
    asked.answers("/moved/", status=301, headers={"Location": "/a/"})
    for number in range(4):
        asked.answers(f"/gone/{number}/", status=404)
    paths = ("/closed/", "/a/", "/moved/", "/mine/", *(f"/gone/{i}/" for i in range(4)))
    assert asked.finds(*paths, with_parameters=2, set_aside=1) == ["/a/"]
    found, left_out = asked.said
    assert found == "Found in the URLconf: /a/."
    assert left_out == (
        f"Left out: 2 need a login (/closed/, /mine/): {LOG_IN}; 1 answers 301 (/moved/); "
        "4 answer 404 (/gone/0/, /gone/1/, /gone/2/ and 1 more); 2 have parameters; "
        "1 is for running the project. --path names others."
    )
    # Each once, beside the places where a document might be.
    sent = [request for request, _ in asked.server.log if request.path in paths]
    assert [each.path for each in sent] == list(paths)
    assert {each.headers["Accept"] for each in sent} == {"application/json"}


def test_where_all_is_measured_nothing_is_left_out(asked):
    asked.answers("/a/")
    assert asked.finds("/a/") == ["/a/"]
    assert asked.said == ["Found in the URLconf: /a/."]


@pytest.mark.parametrize(
    ("budget", "measured"),
    [
        (15, ["/many/", "/some/", "/none/", "/none/too/"]),
        (20, ["/many/", "/some/", "/none/"]),
        (30, ["/many/", "/some/"]),
        (100, ["/many/"]),
    ],
)
def test_as_many_as_fit_into_the_time_are_measured_those_with_most_queries(budget, measured, asked):
    numbers = {"/none/": 0, "/some/": 2, "/none/too/": 0, "/many/": 30}
    for path, queries in numbers.items():
        asked.answers(path, queries=queries)
    assert asked.finds(*numbers, budget=budget) == measured
    late = [path for path in numbers if path not in measured]
    told = "Left out: {} {} fit into the time ({}). --path names others."
    does = "does not" if len(late) == 1 else "do not"
    assert asked.said[1:] == ([told.format(len(late), does, ", ".join(late))] if late else [])


def test_asking_ends_as_well(asked, monkeypatch):
    monkeypatch.setattr(finding, "_ASKING_SECONDS", -1)
    with pytest.raises(MeasurementError, match="2 were not asked for lack of time"):
        asked.finds("/a/", "/b/")


@pytest.mark.parametrize(("status", "fix"), [(404, "name what answers with --path"), (403, LOG_IN)])
def test_where_nothing_can_be_timed_it_is_told_why_and_what_to_do(status, fix, asked):
    asked.answers("/a/", status=status)
    with pytest.raises(MeasurementError) as told:
        asked.finds("/a/", with_parameters=3)
    assert told.value.problem.startswith("nothing that the URLconf names can be timed (1 ")
    assert told.value.problem.endswith("3 have parameters)")
    assert told.value.fix == fix


def test_an_empty_urlconf_is_told(asked):
    with pytest.raises(MeasurementError, match="it names nothing"):
        asked.finds()


def test_a_service_that_is_no_django_project_is_asked_for_its_root(asked):
    assert asked.finds("/routed/", routed=False) == ["/"]
    assert asked.said == ["Nothing says what there is to ask for, so it is /; --path names others."]
