"""Two revisions of a small shop, served and measured for real."""

import json
import signal
import subprocess
import time

import psutil
import psycopg2
import pytest

from benchmarks.proof.commits import COMMITS
from benchmarks.proof.repository import write_repository
from tests.conftest import PATIENCE, Project

pytestmark = pytest.mark.stack

# Which commit asks for the category of every product.
SLOWER = 6


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare") / "shop"
    hashes = write_repository(folder, COMMITS[:SLOWER])
    project = Project(root=folder)
    assert project.h2h("up").returncode == 0
    yield project, hashes
    project.h2h("down")


def left_over(project: Project) -> list[str]:
    """Worktrees, databases and processes beyond those of the stack that is up."""
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=project.root, capture_output=True, text=True, check=True
    )
    status = project.json("status")
    with psycopg2.connect(status["database_url"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        databases = [name for (name,) in cursor.fetchall()]
    connection.close()
    known = {server["pid"] for server in status["servers"]}
    strangers = [
        process.info["name"]
        for process in psutil.process_iter(["name", "cwd", "pid", "ppid"])
        if (process.info["cwd"] or "").startswith(str(project.root))
        and not known & {process.info["pid"], process.info["ppid"]}
    ]
    return [*listed.stdout.splitlines()[1:], *databases[1:], *strangers]


@pytest.mark.alone
def test_a_query_for_every_row_is_found_and_nothing_is_left(shop):
    project, hashes = shop
    before = left_over(project)
    completed = project.h2h(
        *("compare", hashes[SLOWER - 1], hashes[SLOWER], "--rounds", "8", "--budget", "6"),
        *("--path", "/products/", "--path", "/nowhere/", "--json"),
    )
    # A busy machine may make it invalid.
    assert completed.returncode in {0, 3}, completed.stderr
    record = json.loads(completed.stdout)
    (experiment,) = record["experiments"]
    (comparison,) = experiment["comparisons"]
    assert comparison["ratio"] > 1.5
    if completed.returncode == 0:
        assert comparison["verdict"].startswith("slower")
    assert [each["queries_per_request"] for each in experiment["variants"]] == [1.0, 26.0]
    revisions = record["revisions"]
    assert [revisions[side]["commit"] for side in ("base", "head")] == hashes[-2:]
    assert [each["kind"] for each in revisions["untimed"]] == ["skipped"]
    assert left_over(project) == before
    printed = project.h2h("report", "results/latest", "--format", "markdown").stdout
    assert "Not timed: /nowhere/ (both answer 404)." in printed


def test_a_revision_that_is_not_there_is_refused_in_one_line(shop):
    project, _ = shop
    completed = project.h2h("compare", "nowhere", "--path", "/products/")
    assert completed.returncode == 2
    assert completed.stderr.strip().splitlines()[-1].startswith("h2h: the repository has no commit")


def test_an_interrupt_leaves_nothing(shop):
    project, hashes = shop
    before, records = left_over(project), list(project.root.glob("results/*"))
    process = subprocess.Popen(
        project.command("compare", hashes[0], "--path", "/products/", "--budget", "60"),
        cwd=project.root,
        env=project.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not any(
        "headtohead.load.generator" in " ".join(child.cmdline())
        for child in psutil.Process(process.pid).children()
    ):
        assert process.poll() is None
        assert time.monotonic() < deadline, "no pair was ever taken"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert errors.strip().splitlines()[-1] == "h2h: interrupted; nothing was recorded"
    assert left_over(project) == before
    assert list(project.root.glob("results/*")) == records
