"""`h2h audit` as a user gives it, on the real stack."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from headtohead.auditing.record import read_audit
from tests.conftest import Project, copy_project
from tests.test_cli import one_line, processes_of
from tests.test_cli_check import interrupted_in_setting_up

pytestmark = pytest.mark.stack


@pytest.fixture
def changed() -> Iterator[Project]:
    """A project of this test's own, to change its code.

    Not in pytest's folder, which other sessions close to PostgreSQL's account.
    """
    with TemporaryDirectory(prefix="h2h-test-") as folder:
        project = copy_project(Path(folder))
        try:
            yield project
        finally:
            project.h2h("down")
        assert processes_of(project.root) == []


def edit(project: Project, path: str, old: str, new: str) -> None:
    file = project.root / path
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_facts_are_printed_and_kept_and_the_users_rows_stay(project, tmp_path):
    kept = tmp_path / "audit.json"
    completed = project.h2h("audit", "stock-update", "--output", str(kept))
    assert completed.returncode == 0, completed.stderr
    naive, *others = read_audit(kept).variants
    assert naive.identity == "stock-update/read-modify-write"
    assert naive.facts[0].value > 0
    assert [each.facts[0].value for each in others] == [0, 0]
    lines = [line.split() for line in completed.stdout.splitlines()]
    assert ["stock-update/row-lock", "lost", "updates", "of", "400", "0", "0", "holds"] in lines
    assert project.json("status")["rows"] == 300
    assert processes_of(project.root / ".h2h" / "scratch") == []


def test_what_is_wrong_under_load_alone_fails_with_the_fact(changed):
    edit(
        changed,
        "app/catalog/stock.py",
        "    _add(Product.objects.select_for_update().get(pk=product_id), by=by)",
        "    _add(Product.objects.get(pk=product_id), by=by)",
    )
    completed = changed.h2h("audit", "stock-update", "--json")
    assert completed.returncode == 1, completed.stderr
    said = one_line(completed)
    assert "stock-update/row-lock: lost updates of 400" in said
    assert "expected 0; mend the variant" in said
    failing = [
        each["variant"]
        for each in json.loads(completed.stdout)["variants"]
        if not all(fact["holds"] for fact in each["facts"])
    ]
    assert failing == ["row-lock"]


def test_an_audit_that_could_not_be_done_is_one_line(changed):
    edit(changed, "app/catalog/stock.py", 'update_fields=["stock"', 'update_fields=["stocks"')
    completed = changed.h2h("audit", "stock-update")
    assert completed.returncode == 3
    assert "stock-update/row-lock: POST /api/products/2/stock/ answers 500" in one_line(completed)


def test_an_interrupted_audit_leaves_nothing(project):
    interrupted_in_setting_up(project, "audit", "stock-update")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("product-list",), "nothing to audit (product-list); let an experiment name its audit"),
        (("stock-updat",), "did you mean stock-update?"),
        (("--output", "no/such/folder.json"), "name a file in a folder that is there and yours"),
        (("--output", "app"), "name a file in a folder that is there and yours"),
    ],
)
def test_wrong_usage_is_one_line(project, arguments, message):
    completed = project.h2h("audit", *arguments)
    assert completed.returncode == 2
    assert message in one_line(completed)


def test_rows_of_a_server_elsewhere_are_not_changed(project):
    completed = project.h2h("audit", H2H_URL="http://127.0.0.1:9")
    assert completed.returncode == 2
    assert "leave `url` out" in one_line(completed)


def test_an_audit_that_is_not_there_is_one_line(changed):
    edit(changed, "app/experiments/stock_update.py", "stock_update.audit", "stock_update.none")
    completed = changed.h2h("audit", "stock-update")
    assert completed.returncode == 2
    assert "cannot be imported" in one_line(completed)
