"""Experiments whose variants are servers, as a user gives them, on the real stack."""

import json
import signal

import psutil
import pytest

from headtohead.services.gunicorn import OWNER_VARIABLE
from tests.command_line import one_line
from tests.conftest import UNTIL_SETTLED, Project
from tests.processes import interrupted, until

pytestmark = pytest.mark.stack


def servers_beside(project: Project) -> list[psutil.Process]:
    """Processes of servers beside the API, on the stack of a project."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            ours = environment.get("H2H_SERVED_BY") == str(project.root / ".h2h")
            if ours and OWNER_VARIABLE in environment:
                found.append(process)
        except psutil.Error:
            continue
    return found


def taken(project: Project, command: str, *arguments: str) -> dict:
    """What was measured of one experiment, and that each variant confirmed itself.

    On a busy machine it may not count, which is not what these tests are about.
    """
    completed = project.h2h(command, *arguments, "--json")
    assert completed.returncode in {0, 3}, completed.stderr
    assert completed.stdout, completed.stderr
    (experiment,) = json.loads(completed.stdout)["experiments"]
    codes = {caveat["code"] for caveat in experiment["caveats"]}
    assert not codes & {"request-errors", "variant-not-applied", "body-changed"}
    assert servers_beside(project) == []
    return experiment


def test_pairs_go_to_each_variants_server(project):
    experiment = taken(project, "run", "fan-out", *UNTIL_SETTLED)
    (comparison,) = experiment["comparisons"]
    # Three waits of 20 ms make way for one.
    assert comparison["ratio"] < 0.8
    assert comparison["verdict"] in {"faster", "invalid"}


@pytest.mark.nightly
def test_load_goes_to_each_variants_server(project):
    mode = ("--mode", "throughput", "--users", "2", "--block", "0.25", "--budget", "5.5")
    experiment = taken(project, "run", "connection", *mode)
    assert [each["queries_per_request"] for each in experiment["variants"]] == [2, 2, 2]


@pytest.mark.nightly
def test_arrivals_go_to_servers_that_explain_nothing_and_it_is_said(project):
    mode = ("--mode", "open", "--rate", "20", "--block", "0.25", "--budget", "5.5")
    experiment = taken(project, "run", "observer", *mode)
    told = {each["name"]: each["explained"] for each in experiment["variants"]}
    assert told == {"bare": False, "lean": False, "django-prometheus": False, "silk": False}


@pytest.mark.nightly
def test_a_baseline_is_compared_with_another_process_of_its_kind(project):
    experiment = taken(project, "aa", "connection", "--budget", "2")
    assert [each["name"] for each in experiment["variants"]] == ["new", "new again"]


def test_a_server_elsewhere_cannot_be_joined_by_others(project):
    url = project.json("list")["base_url"]
    refused = project.h2h("run", "connection", "--url", url)
    assert refused.returncode == 2
    assert "connection starts servers of its own" in refused.stderr
    assert "no experiment is left to run" in one_line(refused)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.nightly)]
)
def test_nothing_is_left_when_a_run_is_interrupted(project, number):
    process = project.start("run", "connection")
    until(lambda: len(servers_beside(project)) >= 3, process=process)
    interrupted(process, number)
    assert servers_beside(project) == []
    assert project.json("status")["up"] is True


def test_the_list_says_what_serves_a_variant(project):
    (connection,) = project.json("list", "connection")["experiments"]
    servers = {each["name"]: each["server"] for each in connection["variants"]}
    assert servers["new"]["environment"] == {"DATABASE_CONNECTIONS": "new"}
    assert servers["persistent"]["environment"] == {}
    (other,) = project.json("list", "product-list")["experiments"]
    assert [each["server"] for each in other["variants"]] == [None, None]
