"""`run`, `aa` and `report` as a user gives them, on the real stack."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest

from benchmarks.validation.noisy_neighbour import beside
from benchmarks.validation.scenarios import Neighbour
from tests.command_line import one_line
from tests.conftest import UNTIL_SETTLED, Project, copy_project
from tests.processes import generates_load, interrupted, processes_of, until
from tests.waiting import eventually

pytestmark = pytest.mark.stack

# What a record says where others take the cores, which these tests are not about.
BUSY = {"busy-machine", "stolen-cores"}


def kept_in(folder: Path) -> dict:
    return json.loads((folder / "run.json").read_text())


def codes(experiment: dict) -> set[str]:
    return {each["code"] for each in experiment["caveats"]}


def invalid(experiment: dict) -> bool:
    return any(each["invalidates"] for each in experiment["caveats"])


@pytest.fixture(scope="module")
def measured(project: Project) -> dict:
    """The record, as it was printed, of a run that is kept in `kept` and published."""
    completed = project.h2h(
        *("run", "product-list", *UNTIL_SETTLED, "--results", "kept", "--publish", "--json")
    )
    assert completed.returncode in {0, 3}, completed.stderr
    assert "product-list" in completed.stderr
    return json.loads(completed.stdout)


def test_a_run_prints_and_keeps_one_record(project, measured):
    folder = project.root / "kept" / "latest"
    assert kept_in(folder) == measured
    (experiment,) = measured["experiments"]
    assert codes(experiment) <= BUSY
    baseline, variant = experiment["variants"]
    (comparison,) = experiment["comparisons"]
    assert measured["complete"] is True
    assert measured["environment"]["rows"] == 300
    assert baseline["queries_per_request"] > 40
    assert variant["queries_per_request"] <= 4
    assert comparison["ci95"][0] <= comparison["ratio"] <= comparison["ci95"][1] < 1
    assert comparison["verdict"] == ("invalid" if invalid(experiment) else "faster")
    lines = (folder / "pairs" / "product-list.csv").read_text().splitlines()
    assert len(lines) == experiment["pairs"] + 1
    assert "<html" in (folder / "report.html").read_text()
    assert [path.name for path in folder.parent.iterdir() if "partial" in path.name] == []


def test_a_run_publishes_itself_where_that_is_asked(project, measured):
    connection = psycopg2.connect(project.json("status")["database_url"])
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT valid FROM headtohead.runs WHERE run_id = %s", [measured["run_id"]])
        assert cursor.fetchall() == [(not invalid(measured["experiments"][0]),)]
    connection.close()


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("json", "{"), ("html", "<!doctype html>"), ("markdown", "#"), ("terminal", "")],
)
def test_report_renders_a_record_again(project, measured, form, beginning):
    completed = project.h2h("report", "kept/latest", "--format", form)
    assert completed.returncode == 0
    assert completed.stdout.lower().startswith(beginning)
    assert "product-list" in completed.stdout


def test_a_run_is_explained_in_its_own_report(project, measured):
    folder = project.root / "kept" / "latest"
    completed = project.h2h("explain", "--run", "kept/latest")
    assert completed.returncode == 0, completed.stderr
    assert "shown in kept/latest/report.html" in completed.stderr
    assert len(json.loads((folder / "explain.json").read_text())["variants"]) == 2
    page = (folder / "report.html").read_text()
    assert "app/catalog/serializers.py:" in page
    assert page == project.h2h("report", "kept/latest", "--format", "html").stdout
    assert [path.name for path in folder.iterdir() if "partial" in path.name] == []
    (folder / "explain.json").write_text("{}")
    broken = project.h2h("report", "kept/latest", "--format", "html")
    assert broken.returncode == 2
    assert "h2h explain --run" in one_line(broken)


def test_a_run_with_a_control_beside_a_journey_records_both(project):
    completed = project.h2h(
        *("run", "category-summary", "--control", "--background", "shop:10", "--budget", "3"),
        *("--no-early-stop", "--results", "beside"),
    )
    # A busy machine may hold requests up, and then the record has to say so.
    assert completed.returncode in {0, 3}, completed.stdout + completed.stderr
    record = kept_in(project.root / "beside" / "latest")
    (experiment,) = record["experiments"]
    assert record["control"]["comparisons"][0]["variant"] == "live again"
    background = experiment["background"]
    assert (background["scenario"], background["users"], background["errors"]) == ("shop", 10, 0)
    assert background["requests"] > 0
    assert experiment["generator"]["cpu_share"] < 1
    assert experiment["machine"]["others"] is not None
    assert not any(each["stopped_early"] for each in experiment["comparisons"])
    journeys = [each for each in processes_of(project.root) if "journeys" in str(each.cmdline())]
    assert journeys == []


def test_a_run_beside_others_who_take_the_cores_is_invalid(project):
    # In a process of its own: what this one has started would count as the harness' own.
    process = project.start(
        *("run", "category-summary", "--budget", "3", "--no-early-stop"),
        *("--results", "disturbed"),
    )
    until(lambda: generates_load(project.root), process=process)
    with ExitStack() as neighbours:
        # Several on each core, so that they take most of it whoever else is about.
        for seed in range(2 * len(os.sched_getaffinity(0))):
            neighbours.enter_context(beside(Neighbour.BUSY, seed=seed))
        output, errors = process.communicate()
    assert process.returncode == 3, errors
    (experiment,) = kept_in(project.root / "disturbed" / "latest")["experiments"]
    (busy,) = (each for each in experiment["caveats"] if each["code"] == "busy-machine")
    assert busy["invalidates"]
    assert {each["verdict"] for each in experiment["comparisons"]} == {"invalid"}
    assert experiment["machine"]["others"] > 0.4
    assert "report.html" in output


def test_throughput_is_measured_in_blocks_of_load(project):
    completed = project.h2h(
        *("run", "product-detail", "--mode", "throughput", "--users", "2"),
        *("--budget", "5", "--block", "0.25", "--results", "loaded"),
    )
    # A busy machine may make requests outlast short blocks, and then the record has to say so.
    assert completed.returncode in {0, 3}, completed.stdout + completed.stderr
    folder = project.root / "loaded" / "latest"
    (experiment,) = kept_in(folder)["experiments"]
    assert (experiment["mode"], experiment["users"]) == ("throughput", 2)
    metrics = [comparison["metric"] for comparison in experiment["comparisons"]]
    assert metrics == ["throughput", "p50", "p95", "p99"]
    uncached, cached = experiment["variants"]
    assert cached["throughput_rps"] > uncached["throughput_rps"]
    assert completed.returncode == (3 if invalid(experiment) else 0)
    lines = (folder / "blocks" / "product-detail.csv").read_text().splitlines()
    assert len(lines) > uncached["requests"] + cached["requests"]


def test_an_open_run_tells_response_from_service_times(project):
    completed = project.h2h(
        *("run", "product-detail", "--mode", "open", "--rate", "20", "--arrivals", "constant"),
        *("--budget", "5.5", "--block", "0.25", "--results", "opened"),
    )
    # A busy machine may miss the rate, and then the record has to say so.
    assert completed.returncode in {0, 3}, completed.stdout + completed.stderr
    folder = project.root / "opened" / "latest"
    (experiment,) = kept_in(folder)["experiments"]
    assert (experiment["mode"], experiment["offered"]["rate"]) == ("open", 20)
    metrics = [comparison["metric"] for comparison in experiment["comparisons"]]
    assert metrics == ["latency", "p95", "p99"]
    assert completed.returncode == (3 if invalid(experiment) else 0)
    planned = sum(variant["open_model"]["planned"] for variant in experiment["variants"])
    lines = (folder / "arrivals" / "product-detail.csv").read_text().splitlines()
    # Rounds that were cut short are in the raw file alone.
    assert len(lines) > planned


def test_a_baseline_against_itself_is_recorded_like_any_run(project):
    # Cheap, so that there are pairs enough however busy the machine is.
    completed = project.h2h("aa", "hot-key", "--budget", "3", "--results", "control")
    assert completed.returncode in {0, 3}, completed.stderr
    folder = project.root / "control" / "latest"
    (experiment,) = kept_in(folder)["experiments"]
    names = [variant["name"] for variant in experiment["variants"]]
    assert names == ["unprotected", "unprotected again"]
    # A false difference that others make is said to be one.
    assert codes(experiment) <= BUSY
    if completed.returncode == 3 and not invalid(experiment):
        assert "differs from itself" in one_line(completed)
    pairs = (folder / "pairs" / "hot-key.csv").read_text().splitlines()
    assert pairs[1].startswith("unprotected again,")


def test_a_run_without_a_stack_starts_one_and_leaves_no_process(fresh):
    completed = fresh.h2h(
        *("run", "category-summary", "--rows", "50", "--explain", "--budget", "1.5")
    )
    assert completed.returncode in {0, 3}, completed.stderr
    folder = fresh.root / "results" / "latest"
    live, cached, _ = json.loads((folder / "explain.json").read_text())["variants"]
    assert (live["queries"], cached["queries"]) == (3, 0)
    assert "live</b>: 3 queries" in (folder / "report.html").read_text()
    assert processes_of(fresh.root) == []


def test_plain_locust_takes_pairs_and_says_what_they_amount_to(project):
    completed = subprocess.run(
        [
            *(sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless"),
            *("-u", "2", "-r", "2", "-t", "3s", "ProductList"),
        ],
        cwd=project.root,
        # A slow machine must come to its first pairs within the time given.
        env={**project.variables(), "H2H_WARM_UP": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "product-list/naive -> product-list/prefetched: ratio 0." in completed.stdout


def test_workers_that_are_replaced_in_mid_run_invalidate_it(project):
    api = next(each for each in project.json("status")["servers"] if each["name"] == "API")
    process = project.start("run", "product-detail", "--budget", "2", "--no-early-stop", "--json")
    until(lambda: generates_load(project.root), process=process)
    os.kill(api["pid"], signal.SIGHUP)
    output, errors = process.communicate()
    assert process.returncode == 3, errors
    (experiment,) = json.loads(output)["experiments"]
    (caveat,) = (each for each in experiment["caveats"] if each["code"] == "server-restarted")
    assert "API" in caveat["message"]
    assert experiment["comparisons"][0]["verdict"] == "invalid"
    eventually(lambda: project.json("status")["up"])


def test_an_interrupt_in_code_that_a_string_holds_ends_with_the_exit_code_as_well(tmp_path):
    project = copy_project(tmp_path, changed=True)
    (project.root / "app" / "experiments" / "interrupting.py").write_text(INTERRUPTING)
    completed = project.h2h("list")
    assert completed.returncode == 130
    assert "interrupted" in one_line(completed)


INTERRUPTING = """
exec("import signal\\nsignal.raise_signal(signal.SIGINT)\\nwhile True: pass")
"""


SERVICES = ("run", "checkout", "--rows", "50", "--background", "shop:4")
PHASES = {
    "servers start": (SERVICES, lambda folder: (folder / ".h2h").exists()),
    "the database is filled": (SERVICES, lambda folder: (folder / ".h2h" / "postgres").exists()),
    "the worker starts": (SERVICES, lambda folder: (folder / ".h2h" / "celery").exists()),
    "pairs are taken": (("run", "product-list", "--rows", "50"), generates_load),
}
# Every phase by one signal; by the others it is the same in other words.
STRUCK = {
    ("servers start", signal.SIGHUP),
    ("pairs are taken", signal.SIGINT),
}


@pytest.mark.parametrize(
    ("phase", "number"),
    [
        pytest.param(
            phase, number, marks=[] if (phase, number) in STRUCK else [pytest.mark.nightly]
        )
        for phase in PHASES
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ],
)
def test_an_interrupted_run_leaves_no_process_and_no_record(
    fresh: Project, phase: str, number: signal.Signals
):
    command, reached = PHASES[phase]
    process = fresh.start(*command)
    until(lambda: reached(fresh.root), process=process)
    assert interrupted(process, number) == "h2h: interrupted; nothing was recorded"
    assert not list(fresh.root.glob("results/*"))
    assert processes_of(fresh.root) == []
