"""What every declared experiment promises, found by discovery."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from headtohead.check.sql_snapshot import read_snapshot
from headtohead.config_loading import load_config
from headtohead.experiment_registry import load_experiments
from headtohead.protocol.headers import TOKEN_HEADER
from headtohead.protocol.server_timing import HEADER, ServerTiming
from headtohead.stack.availability import lack_of
from tests.asking import TOKEN
from tests.conftest import ROOT

# Few enough that a page does not fill, and as many as `h2h up` seeds, which all requests are about;
# with those, `h2h check` asks the same of real servers.
ROWS = (8, pytest.param(2000, marks=pytest.mark.nightly))
REGISTRY = load_experiments("app.experiments")
EXPERIMENTS = REGISTRY.select([])
TIMED = REGISTRY.select_timed([])
each_experiment = pytest.mark.parametrize(
    "experiment", EXPERIMENTS, ids=[experiment.name for experiment in EXPERIMENTS]
)
CONFIG = load_config(start=ROOT, environment=os.environ, flags={})
each_that_can_be_run = pytest.mark.parametrize(
    "experiment",
    [
        pytest.param(
            experiment,
            id=experiment.name,
            marks=[pytest.mark.skip(reason=f"{experiment.name}: {lack}")] if lack else [],
        )
        for experiment in TIMED
        for lack in [lack_of(experiment, config=CONFIG)]
    ],
)


def test_there_are_experiments():
    assert {"product-list", "order-history", "product-detail", "category-summary"} <= {
        experiment.name for experiment in EXPERIMENTS
    }


@pytest.mark.process
def test_declarations_import_no_django():
    finding = (
        "import json, sys; from headtohead.experiment_registry import load_experiments; "
        "load_experiments('app.experiments'); print(json.dumps(list(sys.modules)))"
    )
    completed = subprocess.run(
        [sys.executable, "-c", finding], capture_output=True, text=True, check=True
    )
    assert "django" not in json.loads(completed.stdout)


@each_experiment
def test_every_selector_can_be_called(experiment):
    assert all(callable(import_string(each.selector)) for each in experiment.all_variants)


@each_experiment
def test_the_seam_lets_variants_stand_in_for_it(experiment):
    assert import_string(experiment.seam).__wrapped__


@each_that_can_be_run
@pytest.mark.parametrize("rows", ROWS)
def test_all_variants_say_the_same_and_the_server_confirms_which_one_spoke(
    experiment, rows, seeded, ask
):
    seeded(rows)
    bodies = set()
    for variant in experiment.all_variants:
        # What tells nothing and serves what users get is asked as users ask.
        chosen = experiment.reports_timing(variant) or variant.selector != experiment.seam
        # Twice, because the second answer may come from a cache that the first one filled.
        for _ in range(2):
            body, timing = ask(experiment, variant)
            bodies.add(body)
            assert timing.variant == (experiment.identity(variant) if chosen else "")
    assert len(bodies) == 1


@each_that_can_be_run
@pytest.mark.parametrize("fewer", ROWS)
def test_queries_of_the_variant_that_users_are_served_stay_the_same_when_rows_double(
    experiment, fewer, seeded, ask
):
    served = next(filter(experiment.is_served, experiment.all_variants))
    queries = []
    for rows in (fewer, 2 * fewer):
        seeded(rows)
        ask(experiment, served)
        queries.append(ask(experiment, served)[1].queries)
    assert queries[0] == queries[1]


def test_the_sql_of_every_variant_is_kept_and_no_other():
    kept = read_snapshot(ROOT / "app" / "experiments" / "queries.json").experiments
    assert {name: set(variants) for name, variants in kept.items()} == {
        each.name: {variant.name for variant in filter(each.reports_timing, each.all_variants)}
        for each in TIMED
    }, "run `h2h check --update` and commit app/experiments/queries.json"


@each_that_can_be_run
def test_without_the_header_users_are_served_the_same_body(experiment, seeded, ask):
    seeded(60)
    body, _ = ask(experiment, experiment.baseline)
    request = experiment.request_for(experiment.baseline)
    headers = {**request.headers, TOKEN_HEADER: TOKEN}
    headers.pop("Baggage", None)
    response = Client().generic(request.method, request.path, request.body or "", headers=headers)
    assert response.getvalue() == body
    assert ServerTiming.from_header(response.headers[HEADER]).variant == ""
