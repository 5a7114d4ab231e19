"""A real Prometheus beside the real stack: a run is scraped, and dashboards find what they ask for.

Whether they show it rightly is told on made data.
"""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from dashboards.build import render
from dashboards.checks.data import RealData, check_data
from dashboards.checks.sources import Postgres, Prometheus, Window
from headtohead.experiment_registry import load_experiments
from headtohead.services.prometheus import SCRAPE_SECONDS
from tests.conftest import Project, temporary_project
from tests.programs import metrics_complaints, required
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PROGRAMS = ("prometheus", "prometheus-postgres-exporter", "prometheus-redis-exporter")
MEASURED = "product-detail"
# Statements are counted, and tasks are due often enough to be seen in a short time.
COUNTING = {"DATABASE_METRICS": "on", "CATEGORY_FIGURES_SECONDS": "2"}
# A run of request pairs plans no rate and switches no users; that others export both is told by
# test_promql.
UNDER_LOAD_ALONE = [
    ("head-to-head", "Switches of variant"),
    ("load-generator", "Planned and real rate"),
    ("load-generator", "Loop lag and lateness"),
]


@pytest.fixture(scope="module")
def watched() -> Iterator[Project]:
    """A project whose stack has a Prometheus."""
    for program in PROGRAMS:
        required(program, package=program)
    with temporary_project() as project:
        watched = replace(project, environment=COUNTING)
        watched.json("up", "--prometheus", "--rows", "300")
        yield watched


@pytest.fixture(scope="module")
def record(watched: Project) -> dict[str, Any]:
    """What a short run found."""
    # Others may take the cores, which invalidates the run and loses none of its numbers. It takes
    # longer than from scrape to scrape, or its counters would never be seen to grow.
    budget = str(SCRAPE_SECONDS + 2)
    completed = watched.h2h(
        *("run", MEASURED, "--budget", budget, "--no-early-stop", "--publish", "--json")
    )
    assert completed.returncode in {0, 3}, completed.stderr
    return json.loads(completed.stdout)


@pytest.fixture(scope="module")
def status(watched: Project) -> dict[str, Any]:
    return watched.json("status")


@pytest.fixture(scope="module")
def prometheus(status: dict[str, Any]) -> Prometheus:
    address = status["watched"]["address"]
    return Prometheus(url=f"http://{address}", scrape_seconds=SCRAPE_SECONDS)


def ask(prometheus: Prometheus, path: str, **parameters: str) -> Any:
    url = f"{prometheus.url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)["data"]


def last(prometheus: Prometheus, series: str) -> dict[str, float]:
    """The last sample of each series of the last minutes, by variant."""
    found = ask(prometheus, "query", query=f"last_over_time({series}[10m])")["result"]
    return {each["metric"].get("variant", ""): float(each["value"][1]) for each in found}


def test_a_short_run_is_there_to_its_last_pair(prometheus, record):
    (result,) = record["experiments"]
    (comparison,) = result["comparisons"]
    chosen = f'{{job="generator",experiment="{MEASURED}"}}'
    pairs = last(prometheus, f"headtohead_generator_pairs_total{chosen}")
    assert pairs["cached"] == result["pairs"]
    assert last(prometheus, f"headtohead_run_ratio{chosen}") == {"cached": comparison["ratio"]}
    run = f'{{run_id="{record["run_id"]}",event="verdict"}}'
    assert last(prometheus, f"headtohead_run_event_timestamp_seconds{run}").keys() == {"cached"}
    assert record["environment"]["servers"].keys() >= {"PostgreSQL", "Valkey", "API", "Prometheus"}


def test_every_query_of_series_is_answered(prometheus, status, record):
    experiments = load_experiments("app.experiments").select([MEASURED])
    drawn = [
        dashboard
        for dashboard in map(json.loads, render(experiments).values())
        # It asks for rows alone, of more runs than one.
        if dashboard["uid"] != "regression-history"
    ]
    began = datetime.fromisoformat(record["started_at"]).timestamp()

    def unanswered() -> list[tuple[str, str]]:
        data = RealData(
            prometheus=prometheus,
            postgres=Postgres(url=status["database_url"]),
            window=Window(start=began, end=time.time()),
            measured=experiments,
        )
        return [(each.dashboard, each.place) for each in check_data(drawn, data)]

    # Rates take two scrapes. What is missing in the end is told below.
    with suppress(AssertionError):
        eventually(lambda: unanswered() == UNDER_LOAD_ALONE, patience=6 * SCRAPE_SECONDS)
    assert unanswered() == UNDER_LOAD_ALONE


def test_status_says_where_prometheus_is(watched):
    assert "Prometheus" in watched.h2h("status").stdout


def test_prometheus_applies_the_rules_of_the_project(prometheus):
    groups = {group["name"] for group in ask(prometheus, "rules")["groups"]}
    assert {"headtohead-requests", "headtohead-service", "headtohead-measuring"} <= groups


def test_promtool_has_no_complaint_about_the_metrics_of_the_api(watched, status):
    asked_for = watched.metrics_request()

    def read(asked: str | urllib.request.Request) -> str:
        with urllib.request.urlopen(asked, timeout=10) as response:
            return response.read().decode()

    for path in ("/api/products/", "/api/categories/summary/"):
        read(status["api_url"] + path)
    served = 'headtohead_request_duration_seconds_count{experiment="none",route="api/products/"'
    # A request is added to the metrics a little later.
    eventually(lambda: served in read(asked_for))
    assert metrics_complaints(read(asked_for)) == ""
