"""The commands as a user gives them, on the real stack."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from headtohead.cli.application import console
from headtohead.validate.neighbour import beside
from headtohead.validate.scenarios import Neighbour
from tests.conftest import PATIENCE, UNTIL_SETTLED, Project, copy_project
from tests.waiting import eventually

pytestmark = pytest.mark.stack


def one_line(completed: subprocess.CompletedProcess[str]) -> str:
    """The error, which has to be a single line without a traceback."""
    lines = completed.stderr.strip().splitlines()
    assert lines, completed.stdout
    assert "Traceback" not in completed.stderr
    assert lines[-1].startswith("h2h: "), completed.stderr
    assert sum(line.startswith("h2h: ") for line in lines) == 1
    return lines[-1]


def ask(recipe: dict, *, base_url: str) -> tuple[bytes, dict[str, str]]:
    """What an independent client gets for a request that `h2h list --json` describes."""
    body = recipe["body"]
    request = urllib.request.Request(
        base_url + recipe["path"],
        method=recipe["method"],
        headers=recipe["headers"],
        data=None if body is None else body.encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read(), dict(response.headers)


def processes_of(folder: Path) -> list[str]:
    """Command lines of live processes that belong to a project's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [process.cwd(), *process.cmdline()]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in w for w in words):
                found.append(" ".join(words))
        except psutil.Error:
            continue
    return found


def test_list_gives_requests_that_an_independent_client_can_send(project):
    listed = project.json("list")
    for experiment in (each for each in listed["experiments"] if each["timed"]):
        bodies = set()
        for variant in experiment["variants"]:
            if variant["server"]:
                continue  # it is up while its experiment runs
            body, headers = ask(variant["request"], base_url=listed["base_url"])
            bodies.add(body)
            assert (
                f'variant;desc="{experiment["name"]}/{variant["name"]}"'
                in (headers["Server-Timing"])
            )
        assert len(bodies) <= 1


def test_quoted_sql_is_printed_as_it_is():
    with console.capture() as printed:
        console.print("SELECT now()::date::text", markup=False)
    assert printed.get() == "SELECT now()::date::text\n"


def test_list_shows_every_experiment_to_people(project):
    shown = project.h2h("list").stdout
    assert "product-list" in shown
    assert "naive → prefetched" in shown


def test_status_shows_where_everything_is(project):
    status = project.json("status")
    assert status["up"] is True
    assert status["rows"] == 300
    assert [server["name"] for server in status["servers"]] == [
        *("PostgreSQL", "Valkey", "API"),
        *(("memcached",) if shutil.which("memcached") else ()),
        *("Worker", "Beat"),
    ]


@pytest.mark.alone
def test_run_measures_prints_and_records(project):
    printed = project.measure("product-list", *UNTIL_SETTLED)
    folder = project.root / "results" / "latest"
    record = json.loads((folder / "run.json").read_text())
    assert printed == record
    shown = project.h2h("report", "results/latest").stdout
    assert "product-list" in shown
    assert "faster" in shown
    baseline, variant = record["experiments"][0]["variants"]
    comparison = record["experiments"][0]["comparisons"][0]
    assert record["complete"] is True
    assert record["environment"]["rows"] == 300
    assert baseline["queries_per_request"] > 40
    assert variant["queries_per_request"] <= 4
    assert comparison["ci95"][0] <= comparison["ratio"] <= comparison["ci95"][1] < 1
    lines = (folder / "pairs" / "product-list.csv").read_text().splitlines()
    assert len(lines) == record["experiments"][0]["pairs"] + 1
    assert "<html" in (folder / "report.html").read_text()
    assert [path.name for path in folder.parent.iterdir() if "partial" in path.name] == []


def test_run_with_a_control_shows_and_records_it(project):
    completed = project.h2h("run", "category-summary", "--budget", "4", "--control")
    assert "Control: category-summary:" in completed.stdout, completed.stderr
    record = json.loads((project.root / "results" / "latest" / "run.json").read_text())
    assert record["control"]["comparisons"][0]["variant"] == "live again"
    assert record["experiments"][0]["generator"]["cpu_share"] < 1
    assert record["experiments"][0]["machine"]["others"] is not None


def test_run_beside_a_journey_records_and_tells_it(project):
    completed = project.h2h(
        *("run", "category-summary", "--background", "shop:30"),
        *("--budget", "6", "--no-early-stop", "--results", "beside"),
    )
    # A busy machine may hold requests up, and then the record has to say so.
    assert completed.returncode in {0, 3}, completed.stdout + completed.stderr
    assert "Background: 30 users of shop, " in completed.stdout
    record = json.loads((project.root / "beside" / "latest" / "run.json").read_text())
    background = record["experiments"][0]["background"]
    assert (background["scenario"], background["users"], background["errors"]) == ("shop", 30, 0)
    assert background["requests"] > 0
    assert not [each for each in processes_of(project.root) if "load.journeys" in each]


def test_run_prints_its_record_for_machines_and_its_progress_elsewhere(project):
    completed = project.h2h("run", "category-summary", *UNTIL_SETTLED, "--json")
    record = json.loads(completed.stdout)
    assert [experiment["name"] for experiment in record["experiments"]] == ["category-summary"]
    assert "category-summary" in completed.stderr


def test_run_beside_others_who_take_the_cores_is_invalid(project):
    cores = len(os.sched_getaffinity(0))
    with ExitStack() as neighbours:
        for seed in range(cores):
            neighbours.enter_context(beside(Neighbour.BUSY, seed=seed))
        completed = project.h2h("run", "category-summary", "--budget", "4", "--no-early-stop")
    assert completed.returncode == 3
    record = json.loads((project.root / "results" / "latest" / "run.json").read_text())
    (taken,) = (
        caveat for caveat in record["experiments"][0]["caveats"] if caveat["code"] == "busy-machine"
    )
    assert taken["invalidates"]
    assert record["experiments"][0]["machine"]["others"] > 0.4
    assert "report.html" in completed.stdout


def test_run_under_load_measures_throughput_and_finds_knees(project):
    completed = project.h2h(
        *("run", "product-detail", "--mode", "throughput", "--users", "1,2"),
        *("--budget", "5", "--block", "0.25", "--results", "loaded"),
    )
    # A busy machine may make requests outlast short blocks, and then the record has to say so.
    assert completed.returncode in {0, 3}, completed.stdout + completed.stderr
    assert "throughput" in completed.stdout
    folder = project.root / "loaded" / "latest"
    experiment = json.loads((folder / "run.json").read_text())["experiments"][0]
    assert (experiment["mode"], experiment["users"]) == ("throughput", 2)
    assert [step["users"] for step in experiment["steps"]] == [1, 2]
    metrics = [comparison["metric"] for comparison in experiment["comparisons"]]
    assert metrics == ["throughput", "p50", "p95", "p99"]
    uncached, cached = experiment["variants"]
    assert cached["throughput_rps"] > uncached["throughput_rps"]
    invalid = any(caveat["invalidates"] for caveat in experiment["caveats"])
    assert completed.returncode == (3 if invalid else 0)
    lines = (folder / "blocks" / "product-detail.csv").read_text().splitlines()
    assert len(lines) > uncached["requests"] + cached["requests"]


def test_open_run_reports_response_and_service_times(project):
    completed = project.h2h(
        *("run", "product-detail", "--mode", "open", "--rate", "20", "--arrivals", "constant"),
        *("--budget", "8", "--block", "0.25", "--results", "opened"),
    )
    # A busy machine may miss the rate, and then the record has to say so.
    assert completed.returncode in {0, 3}, completed.stdout + completed.stderr
    assert "service p50" in completed.stdout
    folder = project.root / "opened" / "latest"
    experiment = json.loads((folder / "run.json").read_text())["experiments"][0]
    assert experiment["mode"] == "open"
    assert experiment["offered"]["rate"] == 20
    metrics = [comparison["metric"] for comparison in experiment["comparisons"]]
    assert metrics == ["latency", "p95", "p99"]
    invalid = any(caveat["invalidates"] for caveat in experiment["caveats"])
    assert completed.returncode == (3 if invalid else 0)
    planned = sum(variant["open_model"]["planned"] for variant in experiment["variants"])
    lines = (folder / "arrivals" / "product-detail.csv").read_text().splitlines()
    # Rounds that were cut short are in the raw file alone.
    assert len(lines) > planned


@pytest.fixture(scope="module")
def measured(project) -> Project:
    """A project whose latest run is of `product-detail`."""
    project.measure("product-detail", *UNTIL_SETTLED, "--results", "kept")
    return project


@pytest.mark.alone
@pytest.mark.parametrize(
    ("form", "beginning"),
    [("json", "{"), ("html", "<!doctype html>"), ("markdown", "#"), ("terminal", "")],
)
def test_report_renders_a_record_again(measured, form, beginning):
    completed = measured.h2h("report", "kept/latest", "--format", form)
    assert completed.returncode == 0
    assert completed.stdout.lower().startswith(beginning)
    assert "product-detail" in completed.stdout


@pytest.mark.alone
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


def test_metrics_of_several_workers_add_up_and_name_no_unknown_experiment(project):
    listed = project.json("list", "product-list")
    base_url = listed["base_url"]
    recipe = listed["experiments"][0]["variants"][0]["request"]
    unknown = {
        **recipe,
        "headers": {**recipe["headers"], "Baggage": "h2h.experiment=x,h2h.variant=y"},
    }

    def count(labels: str) -> float:
        with urllib.request.urlopen(f"{base_url}/metrics", timeout=10) as response:
            lines = response.read().decode().splitlines()
        name = f"headtohead_request_duration_seconds_count{{{labels}}} "
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    naive = 'experiment="product-list",route="api/products/",variant="naive"'
    other = 'experiment="other",route="api/products/",variant="other"'
    before = count(naive), count(other)
    expected = before[0] + 20, before[1] + 1
    for _ in range(20):
        ask(recipe, base_url=base_url)
    ask(unknown, base_url=base_url)
    # They are added to the metrics a little later.
    eventually(lambda: (count(naive), count(other)) == expected, patience=PATIENCE)
    assert count('experiment="x",variant="y"') == 0


def test_metrics_of_django_prometheus_stand_beside_ours(project):
    base_url = project.json("list")["base_url"]
    with urllib.request.urlopen(f"{base_url}/metrics", timeout=10) as response:
        assert "django_cache_get_total" in response.read().decode()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "produkt-list"], 2, "did you mean product-list"),
        (["run", "--budget", "soon"], 2, "--budget"),
        (["run", "--budget", "-1"], 2, "at least"),
        (["run", "--users", "8"], 2, "add --mode throughput"),
        (["run", "--mode", "throughput", "--block", "60"], 2, "give 0.25 to 10"),
        (["run", "--mode", "throughput", "--budget", "3"], 2, "at least --budget 10"),
        (["run", "--mode", "speed"], 2, "latency or throughput or open"),
        (["run", "--rate", "20"], 2, "add --mode open"),
        (["run", "--mode", "open", "--users", "8"], 2, "add --mode throughput"),
        (["run", "--mode", "open", "--rate", "0"], 2, "give 0.5 to 10000"),
        (["run", "--mode", "open", "--rate", "2"], 2, "at least --block 2.5"),
        (["run", "--mode", "open", "--arrivals", "bursts"], 2, "poisson or constant"),
        (["run", "--mode", "open", "--budget", "3"], 2, "at least --budget 10"),
        (["run", "--background", "nobody"], 2, "one of browse, buy, edit, search, shop"),
        (["run", "--background", "shop:0"], 2, "as in shop:20"),
        (["run", "--no-such-flag"], 2, "--no-such-flag"),
        (["no-such-command"], 2, "no-such-command"),
        (["run", "--url", "not an address"], 2, "http://127.0.0.1:8000"),
        (["run", "--url", "ftp://127.0.0.1"], 2, "http://127.0.0.1:8000"),
        (["run", "--url", "http://127.0.0.1:9"], 3, "nothing answers"),
        (["run", "--results", "pyproject.toml"], 2, "--results"),
        (["report", "results/no-such-run"], 2, "no record"),
    ],
)
def test_bad_input_is_one_line_with_the_fix_and_the_right_exit_code(project, arguments, code, says):
    completed = project.h2h(*arguments)
    assert completed.returncode == code, completed.stderr
    assert says in one_line(completed)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("DATABASE_URL", "postgresql://u:hidden@127.0.0.1:9/x", "127.0.0.1:9"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL"),
        ("CACHE_URL", "redis://:hidden@127.0.0.1:9/0", "127.0.0.1:9"),
        ("BROKER_URL", "redis://:hidden@127.0.0.1:9/0", "127.0.0.1:9"),
        ("BROKER_URL", "amqp://u:hidden@127.0.0.1/", "BROKER_URL"),
        ("H2H_ROWS", "many", "a whole number"),
    ],
)
def test_bad_environment_is_one_line_that_keeps_passwords(tmp_path, variable, value, says):
    project = copy_project(tmp_path)
    completed = project.h2h("up", **{variable: value})
    assert completed.returncode == 2
    assert says in one_line(completed)
    assert "hidden" not in completed.stderr + completed.stdout
    assert processes_of(tmp_path) == []


def test_malformed_configuration_is_one_line(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.headtohead]\nbuget = 3\n")
    completed = Project(root=tmp_path).h2h("list")
    assert completed.returncode == 2
    assert "did you mean budget" in one_line(completed)


def test_record_of_a_newer_schema_is_one_line(project, tmp_path):
    (tmp_path / "run.json").write_text('{"schema": 99}')
    completed = project.h2h("report", str(tmp_path))
    assert completed.returncode == 2
    assert "upgrade headtohead" in one_line(completed)


def test_results_folder_that_may_not_be_written_is_refused_before_anything_is_measured(project):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere; the case of a file in its place is tested above")
    locked = project.root / "locked"
    locked.mkdir(mode=0o500)
    completed = project.h2h("run", "--results", "locked")
    assert completed.returncode == 2
    assert "make it writable" in one_line(completed)


def test_what_lacks_a_service_is_skipped_and_the_rest_goes_on(tmp_path):
    project = copy_project(tmp_path)
    settings = project.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("celery = ", "# celery = "))
    refused = project.h2h("check", "checkout")
    assert refused.returncode == 2
    assert "checkout is skipped: the project has no Celery application" in refused.stderr
    assert "name it as `celery` in [tool.headtohead]" in refused.stderr
    assert "no experiment is left" in one_line(refused)
    assert not (project.root / ".h2h").exists()
    explained = project.h2h("explain", "checkout", "deep-page", "--json")
    assert explained.returncode == 0, explained.stderr
    assert "checkout is skipped" in explained.stderr
    told = {each["variant"] for each in json.loads(explained.stdout)["variants"]}
    assert told == {"deep-page/offset", "deep-page/keyset"}
    assert processes_of(tmp_path) == []


def test_unequal_variants_are_refused_with_the_difference(tmp_path):
    project = copy_project(tmp_path)
    (project.root / "app" / "experiments" / "unequal.py").write_text(UNEQUAL)
    try:
        completed = project.h2h("run", "unequal", "--rows", "50")
        assert completed.returncode == 3, completed.stderr
        assert "body.results[0]" in one_line(completed)
        assert not (project.root / "results").exists() or not list(
            (project.root / "results").iterdir()
        )
        checked = project.h2h("check", "unequal")
        assert checked.returncode == 1
        assert "body.results[0]" in one_line(checked)
    finally:
        project.h2h("down")
    assert processes_of(tmp_path) == []


UNEQUAL = """
from headtohead.experiment import Experiment, Request, Variant


def backwards():
    from app.catalog.models import Product

    return Product.objects.order_by("-id")


UNEQUAL = Experiment(
    name="unequal",
    question="Is it faster to return something else?",
    request=Request(path="/api/products/"),
    seam="app.catalog.selectors.product_list",
    baseline=Variant(name="right", selector="app.catalog.selectors.product_list"),
    variants=(Variant(name="wrong", selector="app.experiments.unequal.backwards"),),
)
"""


def test_an_interrupt_in_code_that_a_string_holds_ends_with_the_exit_code_as_well(tmp_path):
    project = copy_project(tmp_path)
    (project.root / "app" / "experiments" / "interrupting.py").write_text(INTERRUPTING)
    completed = project.h2h("list")
    assert completed.returncode == 130
    assert "interrupted" in one_line(completed)


INTERRUPTING = """
exec("import signal\\nsignal.raise_signal(signal.SIGINT)\\nwhile True: pass")
"""


def has_generator(folder: Path) -> bool:
    return any(
        "headtohead.load.generator" in " ".join(words)
        for process in psutil.process_iter(["cmdline"])
        if (words := process.info["cmdline"]) and str(folder) in _cwd(process)
    )


def _cwd(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


def test_workers_that_are_replaced_in_mid_run_invalidate_it(project):
    api = next(each for each in project.json("status")["servers"] if each["name"] == "API")
    process = subprocess.Popen(
        project.command("run", "product-detail", "--budget", "3", "--no-early-stop", "--json"),
        cwd=project.root,
        env=project.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not has_generator(project.root):
        assert process.poll() is None
        assert time.monotonic() < deadline, "pairs were never taken"
        time.sleep(0.05)
    os.kill(api["pid"], signal.SIGHUP)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    (experiment,) = json.loads(output)["experiments"]
    (caveat,) = (each for each in experiment["caveats"] if each["code"] == "server-restarted")
    assert "API" in caveat["message"]
    assert experiment["comparisons"][0]["verdict"] == "invalid"
    while not project.json("status")["up"]:
        assert time.monotonic() < deadline + PATIENCE, "the API did not come back"


@pytest.mark.parametrize(
    ("phase", "reached"),
    [
        ("the servers start", lambda folder: (folder / ".h2h").exists()),
        ("the database is seeded", lambda folder: (folder / ".h2h" / "postgres").exists()),
        ("the worker starts", lambda folder: (folder / ".h2h" / "celery").exists()),
        ("pairs are taken", has_generator),
    ],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_leaves_no_process_and_no_record(
    tmp_path: Path, phase: str, reached: Callable[[Path], bool], number: signal.Signals
):
    project = copy_project(tmp_path)
    process = subprocess.Popen(
        project.command("run", "checkout", "--rows", "50", "--background", "shop:4"),
        cwd=tmp_path,
        env=project.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not reached(tmp_path):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"never came to where {phase}"
        time.sleep(0.05)
    process.send_signal(number)
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, output + errors
    assert errors.strip().splitlines()[-1] == "h2h: interrupted; nothing was recorded"
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("results/*"))
    assert processes_of(tmp_path) == []
