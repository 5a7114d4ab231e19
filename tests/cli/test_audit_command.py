"""`h2h audit` as a user gives it, on the real stack."""

import pytest

from headtohead.audit.record import AUDIT_FORMAT
from tests.processes import processes_of

pytestmark = pytest.mark.stack


def test_facts_are_printed_and_kept_and_the_users_rows_stay(project, tmp_path):
    kept = tmp_path / "audit.json"
    completed = project.h2h("audit", "stock-update", "--output", str(kept))
    assert completed.returncode == 0, completed.stderr
    naive, *others = AUDIT_FORMAT.read(kept).variants
    assert naive.identity == "stock-update/read-modify-write"
    assert naive.facts[0].value > 0
    assert [each.facts[0].value for each in others] == [0, 0]
    lines = [line.split() for line in completed.stdout.splitlines()]
    assert ["stock-update/row-lock", "lost", "updates", "of", "400", "0", "0", "holds"] in lines
    assert project.json("status")["rows"] == 300
    assert processes_of(project.root / ".h2h" / "scratch") == []
