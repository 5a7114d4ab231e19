"""The check on data is content with data for every query, and notices a query without."""

import copy

import pytest

from dashboards.checks.data import RealData, check_data
from tests.dashboards.declared import DECLARED
from tests.dashboards.made_series import WINDOW
from tests.dashboards.spoiling import Dashboards, dashboard, in_queries

pytestmark = pytest.mark.stack


@pytest.fixture
def data(made_prometheus, made_postgres) -> RealData:
    return RealData(
        prometheus=made_prometheus, postgres=made_postgres, window=WINDOW, measured=DECLARED
    )


def problems(dashboards: Dashboards, data: RealData) -> list[str]:
    return [str(finding) for finding in check_data(dashboards, data)]


def test_every_query_variable_and_annotation_is_answered(drawn, data):
    assert problems(drawn, data) == []


def no_routes(dashboards: Dashboards) -> None:
    (variable,) = (
        each
        for each in dashboard(dashboards, "api")["templating"]["list"]
        if each["name"] == "route"
    )
    variable["query"] = variable["query"].replace("_count", "_cuont")


def no_events(dashboards: Dashboards) -> None:
    (annotation,) = (
        each
        for each in dashboard(dashboards, "head-to-head")["annotations"]["list"]
        if each["name"] == "Run"
    )
    target = annotation["target"]
    target["expr"] = target["expr"].replace("start|end|verdict", "begin")


MISTAKES = {
    "metric": (
        in_queries("api", "Rate by endpoint", "_seconds_count", "_seconds_cuont"),
        "Rate by endpoint: names headtohead_request_duration_seconds_cuont, which nobody exports",
    ),
    "label of a selector": (
        in_queries("api", "Rate by endpoint", "route=~", "rout=~"),
        "Rate by endpoint: names the label rout",
    ),
    "value of a label": (
        in_queries("head-to-head", "Ratio so far", "latency|throughput", "p42"),
        "Ratio so far: does not show listing/cached",
    ),
    "a variant left out": (
        in_queries(
            "head-to-head",
            "Throughput and users",
            '"$experiment"',
            '"$experiment",variant!="naive"',
        ),
        "Throughput and users: does not show listing/naive",
    ),
    "a variant left out of SQL": (
        in_queries("head-to-head", "Queries per request", "ORDER BY", "AND NOT baseline ORDER BY"),
        "Queries per request: does not show listing/naive",
    ),
    "column": (
        in_queries("head-to-head", "Numbers", "p95_ms", "p94_ms"),
        'column "p94_ms" does not exist',
    ),
    "table": (
        in_queries("regression-history", "Published runs", "headtohead.runs", "headtohead.rnus"),
        'relation "headtohead.rnus" does not exist',
    ),
    "variable": (no_routes, "route: offers nothing"),
    "annotation": (no_events, "Run: query A shows nothing"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_found(drawn, data, mistake):
    spoil, problem = MISTAKES[mistake]
    spoiled = copy.deepcopy(drawn)
    spoil(spoiled)
    changed = [each for each, before in zip(spoiled, drawn, strict=True) if each != before]
    assert [each for each in problems(changed, data) if problem in each]
