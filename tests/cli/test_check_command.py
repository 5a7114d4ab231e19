"""`h2h check` as a user gives it, on the real stack."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import PATIENCE, ROOT, Project, copy_project
from tests.test_cli import one_line, processes_of

pytestmark = pytest.mark.stack

SNAPSHOT = "app/experiments/queries.json"
SERVED = """"brand", "category").prefetch_related("tags").order_by("id")"""


def interrupted_in_setting_up(
    project: Project, *arguments: str, number: signal.Signals = signal.SIGINT
) -> str:
    """The errors of a command that is stopped while it sets up servers beside the stack."""
    scratch = project.root / ".h2h" / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    process = subprocess.Popen(
        project.command(*arguments),
        cwd=project.root,
        env=project.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not (scratch / "valkey" / "valkey.conf").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "nothing was ever set up"
        time.sleep(0.05)
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert processes_of(scratch) == []
    assert project.json("status")["up"] is True
    return errors


@pytest.fixture(scope="module")
def changing() -> Iterator[Project]:
    """A project of this module's own, to change its code and its snapshot.

    Not in pytest's folder, which other sessions close to PostgreSQL's account.
    """
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        project = copy_project(Path(folder))
        started = project.h2h("up", "--rows", "50")
        try:
            assert started.returncode == 0, started.stderr
            yield project
        finally:
            project.h2h("down")
        assert processes_of(project.root) == []


@pytest.fixture
def edit(changing: Project) -> Iterator:
    """Replaces text in the project's selectors for the time of a test."""
    path = changing.root / "app" / "catalog" / "selectors.py"
    original = path.read_text()

    def replace(old: str, new: str) -> None:
        assert original.count(old) == 1
        path.write_text(original.replace(old, new))

    yield replace
    path.write_text(original)


def test_all_that_is_declared_passes_at_rows_of_its_own(project):
    checked = project.json("check")
    assert checked["findings"] == []
    assert checked["queries"]["product-list"]["naive"] > 40
    assert checked["queries"]["product-list"]["prefetched"] <= 4
    assert checked["snapshot"]["differences"] == []
    assert checked["snapshot"]["not_kept"] == []

    growth = {each["experiment"]: each for each in checked["doubling"]["growth"]}
    naive, prefetched = growth["product-list"]["variants"]
    assert growth["product-list"]["path"] == "/api/products/?page_size=100"
    assert (naive["before"], naive["after"]) == (152, 302)
    assert prefetched["before"] == prefetched["after"] == 3
    assert growth["product-detail"]["answer_grew"] is False

    assert project.json("status")["rows"] == 300


def test_a_query_that_was_added_fails_with_its_sql(changing, edit):
    edit(
        f"Product.objects.select_related({SERVED}",
        f"Product.objects.select_related({SERVED} if Tag.objects.exists() else None",
    )
    completed = changing.h2h("check", "product-list")
    assert completed.returncode == 1, completed.stderr
    assert "product-list/prefetched is not as in" in completed.stdout
    lines = completed.stdout.splitlines()
    added = [number for number, line in enumerate(lines) if line.startswith("  + ")]
    assert [lines[number] for number in added] == [
        "  + once: SELECT ? AS a FROM catalog_tag LIMIT ?"
    ]
    assert lines[added[0] + 1].startswith("      from app/catalog/selectors.py:")
    assert "makes 4 queries, not 3 as in" in one_line(completed)
    assert "product-list/naive is not" not in completed.stdout


def test_an_n_plus_1_in_what_users_are_served_fails_whatever_the_snapshot_says(changing, edit):
    edit('.prefetch_related("tags").order_by("id")', '.order_by("id")')
    completed = changing.h2h("check", "product-list", "--update")
    assert completed.returncode == 1, completed.stderr
    assert "prefetched grows from 52 to 102" in completed.stdout
    assert "+ 50 times: SELECT catalog_tag.id" in completed.stdout
    assert "from app/catalog/serializers.py:" in completed.stdout
    assert "at app/catalog/serializers.py:" in one_line(completed)
    assert "users are served it; fetch at once" in one_line(completed)

    path = changing.root / SNAPSHOT
    before = json.loads((ROOT / SNAPSHOT).read_text())["experiments"]
    after = json.loads(path.read_text())["experiments"]
    assert f"Wrote {SNAPSHOT}" in completed.stdout
    assert after.pop("product-list") != before.pop("product-list")
    assert after == before
    shutil.copy(ROOT / SNAPSHOT, path)


def test_another_index_than_was_kept_fails_with_both_plans(changing):
    path = changing.root / SNAPSHOT
    text = path.read_text()
    path.write_text(text.replace("product_name_trigrams", "product_name_before"))
    try:
        completed = changing.h2h("check", "product-search")
    finally:
        path.write_text(text)
    assert completed.returncode == 1, completed.stderr
    assert "product-search/indexed: is answered by other plans than in" in one_line(completed)
    lines = [line.split() for line in completed.stdout.splitlines()]
    assert ["-", "Bitmap", "Index", "Scan", "using", "product_name_before"] in lines
    assert ["+", "Bitmap", "Index", "Scan", "using", "product_name_trigrams"] in lines


def test_bodies_that_differ_only_at_rows_of_its_own_are_told_to_machines_too(changing, edit):
    # The stack that is up has 50 rows, the snapshot's have more.
    edit(
        f"Product.objects.select_related({SERVED}",
        f"Product.objects.select_related({SERVED}[:1000]",
    )
    completed = changing.h2h("check", "product-list", "--json")
    assert completed.returncode == 1, completed.stderr
    (finding,) = json.loads(completed.stdout)["findings"]
    assert finding["variant"] == "product-list/prefetched"
    assert "body.count: 2000, not 1000" in finding["problem"]
    assert "at 2,000 rows" in finding["problem"]
    assert finding["problem"] in one_line(completed)


def test_without_a_snapshot_it_passes_and_says_how_to_make_one(changing):
    path = changing.root / SNAPSHOT
    text = path.read_text()
    path.unlink()
    try:
        completed = changing.h2h("check", "product-list", H2H_ROWS="60")
        assert completed.returncode == 0, completed.stderr
        assert "`h2h check --update` makes it" in completed.stdout
        assert "from 60 to 120" in completed.stdout
        assert not path.exists()
    finally:
        path.write_text(text)


def test_a_server_elsewhere_is_compared_by_its_second_answers_and_not_doubled(project):
    status = project.json("status")
    completed = project.h2h(
        *("check", "product-list", "product-detail", "--url", status["api_url"]),
        H2H_TOKEN=status["token"],
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert "rows at --url are not ours to double" in completed.stdout
    assert f"The SQL is that in {SNAPSHOT}." in completed.stdout


def test_a_server_elsewhere_makes_no_snapshot(project):
    completed = project.h2h("check", "--update", "--url", "http://127.0.0.1:9")
    assert completed.returncode == 2
    assert "leave --url out" in one_line(completed)


def test_a_broken_snapshot_is_one_line(changing):
    completed = changing.h2h("check", H2H_SNAPSHOT="pyproject.toml")
    assert completed.returncode == 2
    assert "no snapshot of SQL" in one_line(completed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_leaves_nothing_beside_the_stack(changing, number):
    interrupted_in_setting_up(changing, "check", "product-list", number=number)
