"""`compare` and `gate` as a user gives them: commits of a small shop, served for real."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import psutil
import psycopg2
import pytest

from benchmarks.proof.commits import COMMITS
from benchmarks.proof.repository import write_repository
from tests.command_line import one_line
from tests.conftest import Project
from tests.processes import generates_load, interrupted, until

pytestmark = pytest.mark.stack

# Which commit asks for the category of every product.
SLOWER = 6
POLICY = """
[tool.headtohead.gate]
paths = ["/products/", "/nowhere/"]
budget = 3
rounds = 4
"""
Shop = tuple[Project, list[str]]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """The shop's project, whose stack is up, and its commits."""
    # Not in pytest's folder, which other sessions close to PostgreSQL's account.
    with TemporaryDirectory(prefix="h2h-test-") as temporary:
        folder = Path(temporary).resolve() / "shop"
        hashes = write_repository(folder, COMMITS[:SLOWER])
        settings = folder / "pyproject.toml"
        own = settings.read_text(encoding="utf-8").partition("\n[tool.headtohead.gate]")[0]
        settings.write_text(own + POLICY, encoding="utf-8")
        project = Project(root=folder, changed=True)
        try:
            assert project.h2h("up").returncode == 0
            yield project, hashes
        finally:
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


def test_a_query_for_every_row_is_found_and_nothing_is_left(shop):
    project, hashes = shop
    before = left_over(project)
    completed = project.h2h(
        *("compare", hashes[SLOWER - 1], hashes[SLOWER], "--rounds", "4", "--budget", "2"),
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
    assert "Not timed: GET /nowhere/ (both answer 404)." in printed


def test_a_revision_that_is_not_there_is_refused_in_one_line(shop):
    project, _ = shop
    completed = project.h2h("compare", "nowhere", "--path", "/products/")
    assert completed.returncode == 2
    assert "the repository has no commit" in one_line(completed)


def test_an_interrupt_leaves_nothing(shop):
    project, hashes = shop
    before, records = left_over(project), list(project.root.glob("results/*"))
    process = project.start("compare", hashes[0], "--path", "/products/", "--budget", "60")
    until(lambda: generates_load(project.root), process=process)
    assert interrupted(process, signal.SIGINT) == "h2h: interrupted; nothing was recorded"
    assert left_over(project) == before
    assert list(project.root.glob("results/*")) == records


def test_a_query_for_every_row_fails_and_github_and_gitlab_are_told(shop, tmp_path):
    project, hashes = shop
    summary = tmp_path / "summary.md"
    summary.write_text("What stood there before.\n", encoding="utf-8")
    completed = project.h2h(
        *("gate", hashes[SLOWER - 1], "--output", str(tmp_path / "gate")),
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    # A busy machine may make it invalid.
    assert completed.returncode in {1, 3}, completed.stderr
    judged = json.loads((tmp_path / "gate" / "gate.json").read_text(encoding="utf-8"))
    kinds = {each["subject"]: each["kind"] for each in judged["judgements"]}
    assert kinds["nowhere"] == "untested"
    page = (tmp_path / "gate" / "comment.md").read_text(encoding="utf-8")
    assert summary.read_text(encoding="utf-8") == f"What stood there before.\n{page}"
    assert "::warning title=nowhere%3A untested::/nowhere/: both answer 404" in completed.stdout
    ET.fromstring((tmp_path / "gate" / "junit.xml").read_text(encoding="utf-8"))  # noqa: S314
    record = json.loads((project.root / "results" / judged["run_id"] / "run.json").read_text())
    assert record["experiments"][0]["comparisons"][0]["ratio"] > 1.5
    if completed.returncode == 1:
        assert kinds["products"] == "slower"
        assert judged["result"] == "failed"
        assert "::error title=products%3A slower::" in completed.stdout
        assert "1 → 26" in page
