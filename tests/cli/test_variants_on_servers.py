"""Experiments whose variants are servers, as a user gives them, on the real stack."""

import json
import signal
import subprocess
import time

import psutil
import pytest

from headtohead.registry import load_experiments
from headtohead.stack.beside import OWNER_VARIABLE
from tests.conftest import PATIENCE, UNTIL_SETTLED, Project
from tests.test_cli import one_line

pytestmark = pytest.mark.stack

WITH_SERVERS = [
    each.name for each in load_experiments("app.experiments") if each.needs_servers and each.timed
]


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


def test_their_variants_say_the_same_on_servers_of_their_own(project):
    outcome = project.json("check", *WITH_SERVERS)
    assert outcome["findings"] == []
    assert set(outcome["queries"]["observer"].values()) == {None}
    assert set(outcome["queries"]["connection"].values()) == {2}
    assert servers_beside(project) == []


@pytest.mark.alone
def test_pairs_go_to_each_variants_server(project):
    record = project.measure("fan-out", *UNTIL_SETTLED)
    (experiment,) = record["experiments"]
    (comparison,) = experiment["comparisons"]
    assert comparison["verdict"] == "faster"
    # Three waits of 20 ms make way for one.
    assert comparison["ratio"] < 0.8
    assert servers_beside(project) == []


def taken(project: Project, *arguments: str) -> dict:
    """What was measured of one experiment, and that each variant confirmed itself.

    On a busy machine it may not count, which is not what these tests are about.
    """
    completed = project.h2h("run", *arguments, "--json")
    assert completed.returncode in {0, 3}, completed.stderr
    assert completed.stdout, completed.stderr
    (experiment,) = json.loads(completed.stdout)["experiments"]
    codes = {caveat["code"] for caveat in experiment["caveats"]}
    assert not codes & {"request-errors", "variant-not-applied", "body-changed"}
    return experiment


@pytest.mark.parametrize(
    "mode",
    [
        ("throughput", "--users", "2", "--block", "0.25"),
        ("open", "--rate", "20", "--block", "0.25"),
    ],
)
def test_load_goes_to_each_variants_server(project, mode):
    experiment = taken(project, "connection", "--mode", *mode, "--budget", "5.5")
    assert [each["queries_per_request"] for each in experiment["variants"]] == [2, 2, 2]
    assert servers_beside(project) == []


def test_a_server_that_explains_nothing_is_measured_and_said_to(project):
    experiment = taken(project, "observer", "--budget", "2")
    told = {each["name"]: each["explained"] for each in experiment["variants"]}
    assert told == {"bare": False, "lean": False, "django-prometheus": False, "silk": False}


def test_a_baseline_is_compared_with_another_process_of_its_kind(project):
    completed = project.h2h("aa", "connection", "--budget", "2", "--json")
    assert completed.stdout, completed.stderr
    (experiment,) = json.loads(completed.stdout)["experiments"]
    assert [each["name"] for each in experiment["variants"]] == ["new", "new again"]


def test_a_server_elsewhere_cannot_be_joined_by_others(project):
    url = project.json("list")["base_url"]
    refused = project.h2h("run", "connection", "--url", url)
    assert refused.returncode == 2
    assert "connection starts servers of its own" in refused.stderr
    assert "no experiment is left to run" in one_line(refused)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_when_a_run_is_interrupted(project, number):
    process = subprocess.Popen(
        project.command("run", "connection"),
        cwd=project.root,
        env=project.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(servers_beside(project)) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert servers_beside(project) == []
    assert project.json("status")["up"] is True


def test_the_list_says_what_serves_a_variant(project):
    (connection,) = project.json("list", "connection")["experiments"]
    servers = {each["name"]: each["server"] for each in connection["variants"]}
    assert servers["new"]["environment"] == {"DATABASE_CONNECTIONS": "new"}
    assert servers["persistent"]["environment"] == {}
    (other,) = project.json("list", "product-list")["experiments"]
    assert [each["server"] for each in other["variants"]] == [None, None]
