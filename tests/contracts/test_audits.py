"""What every declared audit promises, found by discovery."""

import json
import subprocess
import sys

import pytest

from app.audits.coherence import READS
from headtohead.registry import load_experiments

AUDITED = tuple(each for each in load_experiments("app.experiments") if each.audit)
each_audited = pytest.mark.parametrize("experiment", AUDITED, ids=[each.name for each in AUDITED])


# How often something goes wrong among many users depends on who else has the cores.
pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def record(project) -> dict:
    """The facts of all audits, with no more reads than the others of one kind find enough."""
    completed = project.h2h("audit", "--json", H2H_AUDIT_READS=str(READS))
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return json.loads(completed.stdout)


def test_there_are_audits():
    assert {"stock-update", "bulk-import", "catalog-export"} <= {each.name for each in AUDITED}


def test_audits_import_no_django():
    finding = (
        "import json, sys; from importlib import import_module\n"
        f"for path in {[each.audit for each in AUDITED]}:\n"
        "    module, _, name = path.rpartition('.')\n"
        "    assert callable(getattr(import_module(module), name))\n"
        "print(json.dumps(list(sys.modules)))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", finding], capture_output=True, text=True, check=True
    )
    assert "django" not in json.loads(completed.stdout)


@each_audited
def test_every_variant_is_audited_and_every_fact_holds(experiment, record):
    facts = {
        each["variant"]: each["facts"]
        for each in record["variants"]
        if each["experiment"] == experiment.name
    }
    assert list(facts) == [each.name for each in experiment.all_variants]
    assert all(fact["holds"] for found in facts.values() for fact in found)


@each_audited
def test_an_audit_expects_something_of_every_variant(experiment, record):
    for each in record["variants"]:
        if each["experiment"] == experiment.name:
            assert any(fact["expected"] for fact in each["facts"])
