"""`h2h check` as a user gives it, on the real stack."""

import json
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT, Project, copy_project
from tests.test_cli import one_line, processes_of

pytestmark = pytest.mark.stack

SNAPSHOT = "app/experiments/queries.json"
SERVED = """"brand", "category").prefetch_related("tags").order_by("id")"""


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project of this module's own, to change its code and its snapshot."""
    project = copy_project(tmp_path_factory.mktemp("changing"))
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


def test_the_sql_is_that_of_the_committed_snapshot_whatever_rows_there_are(project):
    checked = project.json("check")
    assert checked["findings"] == []
    assert checked["snapshot"]["differences"] == []
    assert checked["snapshot"]["not_kept"] == []


def test_growth_is_told_and_the_users_rows_stay(project):
    checked = project.json("check", "product-list", "product-detail")
    growth = {each["experiment"]: each for each in checked["growth"]["growth"]}
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
    added = [line for line in completed.stdout.splitlines() if line.startswith("  + ")]
    assert added == ["  + once: SELECT ? AS a FROM catalog_tag LIMIT ?"]
    assert "makes 4 queries, not 3 as in" in one_line(completed)
    assert "product-list/naive is not" not in completed.stdout


def test_an_n_plus_1_in_what_users_are_served_fails_with_the_sql_that_grows(changing, edit):
    edit('.prefetch_related("tags").order_by("id")', '.order_by("id")')
    completed = changing.h2h("check", "product-list", "--update")
    assert completed.returncode == 1, completed.stderr
    assert "prefetched grows from 52 to 102" in completed.stdout
    assert "+ 50 times: SELECT catalog_tag.id" in completed.stdout
    assert "users are served it; fetch at once" in one_line(completed)


def test_update_of_some_keeps_the_others_and_equal_sql_makes_an_equal_file(changing):
    path = changing.root / SNAPSHOT
    committed = (ROOT / SNAPSHOT).read_text()
    kept = json.loads(committed)
    kept["experiments"]["product-list"]["naive"]["statements"].pop()
    path.write_text(json.dumps(kept))
    assert f"Wrote {SNAPSHOT}" in changing.h2h("check", "product-list", "--update").stdout
    assert path.read_text() == committed


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
