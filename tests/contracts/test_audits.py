"""What every declared audit promises, found by discovery.

All of them share one API and ask it the fewest times that tell right from wrong. At full length
they are `h2h audit`, which `make test-all` gives.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.audits import coherence
from app.experiments import (
    bulk_import,
    catalog_export,
    checkout,
    product_detail,
    session,
    stock_update,
)
from headtohead.audit.audit_experiments import WORKERS, facts_of, imported
from headtohead.experiment import Experiment
from headtohead.experiment_registry import load_experiments
from headtohead.stack.state import RunningStack
from headtohead.stack.target import target_of
from headtohead.stack.variant_servers import served
from tests.conftest import Project

# Memory first: what other audits make the processes take would be there already.
AUDITED = sorted(
    (each for each in load_experiments("app.experiments") if each.audit),
    key=lambda each: each is not catalog_export.CATALOG_EXPORT,
)
# Up to half a minute each: only many expiries tell what happens at most of them, and writes that a
# cache did not hear of wait. By day tests/faults and cache-invalidation try what caches serve.
LONG = {"hot-key", "cache-outage", "cache-backend", "rendered-cache"}
each_audited = pytest.mark.parametrize(
    "experiment",
    [
        pytest.param(each, id=each.name, marks=[pytest.mark.nightly] if each.name in LONG else [])
        for each in AUDITED
    ],
)

READS = (coherence, "READS", 350), (coherence, "READS_PER_BURST", 50)
# As few as tell right from wrong. Of a page that is cached wrongly it takes all of them: whether it
# goes stale is decided at a few moments.
FEWER = {
    "bulk-import": [(bulk_import, "ROUNDS", 3)],
    "cache-backend": READS,
    "cache-invalidation": [(coherence, "READS", 700)],
    "checkout": [(checkout, "ORDERS", 30), (checkout, "DECLINED", 10), (checkout, "DEATHS", 1)],
    "product-detail": [*READS, (product_detail, "READS", 350)],
    "session": [(session, "EXPIRIES", 1)],
    "stock-update": [(stock_update, "SALES", 120)],
}


@pytest.fixture(scope="module")
def shop(project: Project) -> Iterator[RunningStack]:
    """An API of several workers, on rows and a cache that only audits change."""
    rows = project.config().rows
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ORDER_RELAY_SECONDS", "1")  # what is handed over late is not late long
        with project.scratch(rows=rows, workers=WORKERS, experiments=AUDITED) as shop:
            yield shop


def test_there_are_audits():
    assert {"stock-update", "bulk-import", "catalog-export"} <= {each.name for each in AUDITED}


@pytest.mark.process
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
def test_every_fact_of_every_variant_holds_and_each_audit_expects_something(
    experiment: Experiment, shop: RunningStack, monkeypatch: pytest.MonkeyPatch
):
    for module, name, number in FEWER.get(experiment.name, ()):
        monkeypatch.setattr(module, name, number)
    audit = imported(experiment, experiment.audit)
    with served(experiment, target=target_of(shop), note=print) as target:
        found = facts_of(experiment, audit, target=target, cache_url=shop.cache_url, note=print)
    assert [each.variant for each in found] == [each.name for each in experiment.all_variants]
    assert [fact for each in found for fact in each.facts if not fact.holds] == []
    assert all(any(fact.expected for fact in each.facts) for each in found)


@pytest.mark.nightly
def test_every_fact_holds_at_full_length(fresh: Project):
    # On a stack of its own: the API that the others share holds the one of this session.
    completed = fresh.h2h("audit", "--json")
    assert completed.returncode == 0, completed.stdout + completed.stderr
    assert {each["experiment"] for each in json.loads(completed.stdout)["variants"]} == {
        each.name for each in AUDITED
    }
