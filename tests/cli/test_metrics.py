"""Metrics of the API and of runs, in a real Prometheus beside the real stack."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.exposition import generate_latest

from headtohead.run.metrics import RunMetrics
from tests.conftest import UNTIL_SETTLED, Project, copy_project
from tests.programs import required
from tests.report.samples import under_load
from tests.run.test_metrics import progress
from tests.run.test_preflight import experiment
from tests.waiting import PATIENCE, eventually

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose stack has a Prometheus."""
    required("prometheus", package="prometheus")
    project = copy_project(tmp_path_factory.mktemp("watched"))
    started = project.h2h("up", "--prometheus", "--rows", "300")
    try:
        assert started.returncode == 0, started.stderr
        yield project
    finally:
        project.h2h("down")


def ask(project: Project, path: str, **parameters: str) -> Any:
    address = project.json("status")["watched"]["address"]
    url = f"http://{address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)["data"]


def last(project: Project, series: str) -> dict[str, float]:
    """The last sample of each series of the last minutes, by variant."""
    found = ask(project, "query", query=f"last_over_time({series}[10m])")["result"]
    return {each["metric"].get("variant", ""): float(each["value"][1]) for each in found}


def test_status_says_where_prometheus_is(watched):
    assert "Prometheus" in watched.h2h("status").stdout


def test_a_short_run_is_there_to_its_last_pair(watched):
    # Others may take the cores, which invalidates the run and loses none of its numbers.
    completed = watched.h2h("run", "product-detail", *UNTIL_SETTLED, "--json")
    assert completed.returncode in {0, 3}, completed.stderr
    record = json.loads(completed.stdout)
    (result,) = record["experiments"]
    (comparison,) = result["comparisons"]
    chosen = '{job="generator",experiment="product-detail"}'
    assert last(watched, f"headtohead_generator_pairs_total{chosen}")["cached"] == result["pairs"]
    assert last(watched, f"headtohead_run_ratio{chosen}") == {"cached": comparison["ratio"]}
    run = f'{{run_id="{record["run_id"]}",event="verdict"}}'
    assert last(watched, f"headtohead_run_event_timestamp_seconds{run}").keys() == {"cached"}
    assert record["environment"]["servers"].keys() >= {"PostgreSQL", "Valkey", "API", "Prometheus"}


def test_prometheus_applies_the_rules_of_the_project(watched):
    groups = {group["name"] for group in ask(watched, "rules")["groups"]}
    assert {"headtohead-requests", "headtohead-service", "headtohead-measuring"} <= groups


def complaints(text: str) -> str:
    promtool = required("promtool", package="prometheus")
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    return checked.stdout + checked.stderr


def test_promtool_has_no_complaint_about_the_metrics_of_the_api(watched):
    address = watched.json("status")["api_url"]

    def read(path: str) -> str:
        with urllib.request.urlopen(address + path, timeout=10) as response:
            return response.read().decode()

    for path in ("/api/products/", "/api/categories/summary/"):
        read(path)
    served = 'headtohead_request_duration_seconds_count{experiment="none",route="api/products/"'
    # A request is added to the metrics a little later.
    eventually(lambda: served in read("/metrics"), patience=PATIENCE)
    assert complaints(read("/metrics")) == ""


def test_promtool_has_no_complaint_about_the_metrics_of_a_run():
    metrics = RunMetrics("run")
    metrics.begin(experiment("/equal"))
    metrics.update(progress(), experiment="e")
    metrics.end(under_load())
    assert complaints(generate_latest(metrics.registry).decode()) == ""


def test_promtool_would_have_complained():
    assert complaints("# TYPE requests counter\nrequests 1\n")
