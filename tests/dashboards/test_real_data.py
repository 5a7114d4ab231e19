"""After a real run every query of every dashboard is answered; a mistake in one is noticed."""

import copy
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg2
import pytest

from dashboards.build import render
from dashboards.checks.data import RealData, check_data
from dashboards.checks.lint import lint
from dashboards.checks.sources import Postgres, Prometheus, Window
from headtohead.history.publishing import publish
from headtohead.history.series import series_of
from headtohead.registry import load_experiments
from tests.conftest import copy_project
from tests.dashboards.spoiling import Dashboards, in_queries, in_unit
from tests.history.samples import STEP, entries
from tests.programs import required

pytestmark = pytest.mark.stack

PROGRAMS = ("prometheus", "prometheus-postgres-exporter", "prometheus-redis-exporter")
MEASURED = ("product-list", "product-detail")
SCRAPE_SECONDS = 5
# Statements are counted, and tasks are due often enough to be seen in a short time.
COUNTING = {"DATABASE_METRICS": "on", "CATEGORY_FIGURES_SECONDS": "2"}
# As short as can be: what they find does not matter here.
RUNS = (
    ("--budget", "6"),
    ("--mode", "open", "--rate", "20", "--budget", "10"),
)


def let_all_count(database_url: str) -> None:
    """Have answers count that a busy machine made invalid, and be those of a commit."""
    with (
        closing(psycopg2.connect(database_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE headtohead.runs SET valid = true, git_commit = 'abc'")
        cursor.execute(
            "UPDATE headtohead.comparisons SET verdict = 'inconclusive' WHERE verdict = 'invalid'"
        )


def publish_history(database_url: str, *, since: float) -> None:
    """Have a history of what was measured, whose commits were made meanwhile."""
    moments = (datetime.fromtimestamp(since, tz=UTC) + timedelta(milliseconds=n) for n in count(1))
    publish(
        series_of(
            replace(each, committed_at=moment)
            for name in MEASURED
            for each, moment in zip(entries(STEP, subject=name), moments, strict=False)
        ),
        url=database_url,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealData]:
    """A run of request pairs and one of the open model, as the two servers remember them."""
    for program in PROGRAMS:
        required(program, package=program)
    copied = copy_project(tmp_path_factory.mktemp("project"))
    project = replace(copied, environment=COUNTING)
    started = time.time()
    try:
        project.json("up", "--prometheus", "--rows", "300")
        for options in RUNS:
            published = project.h2h("run", *MEASURED, "--publish", *options)
            assert published.returncode in {0, 3}, published.stderr
        status = project.json("status")
        let_all_count(status["database_url"])
        publish_history(status["database_url"], since=started)
        servers = {each["name"]: each for each in status["servers"]}
        yield RealData(
            prometheus=Prometheus(
                url=f"http://{servers['Prometheus']['address']}", scrape_seconds=SCRAPE_SECONDS
            ),
            postgres=Postgres(url=status["database_url"]),
            window=Window(start=started, end=time.time()),
            measured=load_experiments("app.experiments").select(MEASURED),
        )
    finally:
        project.h2h("down")


@pytest.fixture
def drawn(data: RealData) -> Dashboards:
    """The dashboards of what was measured."""
    return [json.loads(text) for text in render(data.measured).values()]


def problems(dashboards: list[dict[str, Any]], data: RealData) -> list[str]:
    return [str(finding) for finding in (*lint(dashboards), *check_data(dashboards, data))]


@pytest.mark.alone
def test_every_query_variable_and_annotation_is_answered(drawn, data):
    assert problems(drawn, data) == []


MISTAKES = {
    "metric": (
        in_queries("api", "Rate by endpoint", "_seconds_count", "_seconds_cuont"),
        "names headtohead_request_duration_seconds_cuont, which nobody exports",
    ),
    "label of a selector": (
        in_queries("api", "Rate by endpoint", "route=~", "rout=~"),
        "names the label rout",
    ),
    "label of an aggregation": (
        in_queries("head-to-head", "Throughput and users", "by (variant)", "by (experiment)"),
        "names its series by variant, which are summed over",
    ),
    "value of a label": (
        in_queries("head-to-head", "Ratio so far", "latency|throughput", "p42"),
        "does not show product-list/prefetched",
    ),
    "a variant left out": (
        in_queries(
            "head-to-head",
            "Throughput and users",
            '"$experiment"',
            '"$experiment",variant!="naive"',
        ),
        "does not show product-list/naive",
    ),
    "a variant left out of SQL": (
        in_queries("head-to-head", "Queries per request", "ORDER BY", "AND NOT baseline ORDER BY"),
        "does not show product-list/naive",
    ),
    "column": (
        in_queries("head-to-head", "Numbers", "p95_ms", "p94_ms"),
        'column "p94_ms" does not exist',
    ),
    "table": (
        in_queries("regression-history", "Published runs", "headtohead.runs", "headtohead.rnus"),
        'relation "headtohead.rnus" does not exist',
    ),
    "interval": (
        in_queries("api", "Rate by endpoint", "$__rate_interval", "1s"),
        "looks back over [1s]",
    ),
    "aggregation": (
        in_queries("api", "Rate by endpoint", "sum by", "max by"),
        "takes the max of rates",
    ),
    "unit": (in_unit("api", "Rate by endpoint", "s"), "is drawn in s, but needs ops or reqps"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_found(drawn, data, mistake):
    spoil, problem = MISTAKES[mistake]
    spoiled = copy.deepcopy(drawn)
    spoil(spoiled)
    assert spoiled != drawn
    assert [each for each in problems(spoiled, data) if problem in each]


def test_variable_that_offers_nothing_is_found(drawn, data):
    (dashboard,) = (each for each in drawn if each["uid"] == "api")
    (variable,) = (each for each in dashboard["templating"]["list"] if each["name"] == "route")
    variable["query"] = variable["query"].replace("_count", "_cuont")
    assert any("route: offers nothing" in each for each in problems([dashboard], data))


def test_annotation_without_events_is_found(drawn, data):
    (dashboard,) = (each for each in drawn if each["uid"] == "head-to-head")
    (annotation,) = (each for each in dashboard["annotations"]["list"] if each["name"] == "Run")
    target = annotation["target"]
    target["expr"] = target["expr"].replace("start|end|verdict", "begin")
    assert any("Run: query" in each for each in problems([dashboard], data))
