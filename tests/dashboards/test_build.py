"""The JSON follows from the declarations, and is what is committed."""

import json
from dataclasses import replace

import pytest

from dashboards.build import render
from headtohead.experiment_registry import load_experiments
from tests.conftest import ROOT, Project, copy_project
from tests.dashboards.declared import experiment

GENERATED = ROOT / "dashboards" / "generated"
NEW = """
from headtohead.experiment import Experiment, Request, Variant

NEW = Experiment(
    name="new-question",
    question="Is what's new faster?",
    request=Request(path="/api/products/"),
    seam="app.catalog.selectors.product_list",
    baseline=Variant(name="old-way", selector="app.catalog.selectors.product_list"),
    variants=(Variant(name="new-way", selector="app.catalog.selectors.product_list_naive"),),
)
"""

PLAIN = experiment("plain", "slow", "fast")


@pytest.fixture
def project(tmp_path) -> Project:
    """A copy of the project, dashboards included; nothing of it runs."""
    return copy_project(tmp_path, changed=True)


def test_committed_dashboards_are_what_the_experiments_declare():
    kept = {path.name: path.read_text(encoding="utf-8") for path in GENERATED.glob("*.json")}
    assert render(load_experiments("app.experiments")) == kept


def test_new_experiment_appears_by_itself(project):
    (project.root / "app/experiments/new.py").write_text(NEW)
    checked = project.h2h("dashboards", "build", "--check")
    assert checked.returncode == 1
    assert checked.stderr.startswith("h2h: dashboards differ")
    assert "run h2h dashboards build" in checked.stderr

    assert project.h2h("dashboards", "build").returncode == 0
    assert project.json("dashboards", "build", "--check")["changed"] == []
    generated = project.root / "dashboards/generated"
    history = json.loads((generated / "regression-history.json").read_text())
    assert "new-question" in [panel["title"] for panel in history["panels"]]
    head_to_head = json.loads((generated / "head-to-head.json").read_text())
    (variable,) = (
        each for each in head_to_head["templating"]["list"] if each["name"] == "experiment"
    )
    assert "new-question" in variable["query"].split(",")


def test_file_of_a_dashboard_that_is_no_more_is_found_and_removed(project):
    outdated = project.root / "dashboards/generated/outdated.json"
    outdated.write_text("{}")
    assert "outdated.json" in project.h2h("dashboards", "build", "--check").stderr
    assert outdated.exists()
    assert project.json("dashboards", "build")["changed"] == ["outdated.json"]
    assert not outdated.exists()


def test_project_without_dashboards_is_told(project):
    built = project.h2h("dashboards", "build", H2H_DASHBOARDS="elsewhere")
    assert built.returncode == 2
    assert built.stderr.startswith("h2h: dashboards package 'elsewhere' cannot be imported")
    assert len(built.stderr.splitlines()) == 1


def test_what_is_never_timed_is_not_drawn():
    timed, audited = (
        replace(PLAIN, name=name, timed=name == "timed", audit="app.audit")
        for name in ("timed", "audited")
    )
    history = json.loads(render([timed, audited])["regression-history.json"])
    titles = [panel["title"] for panel in history["panels"]]
    assert "timed" in titles
    assert "audited" not in titles


def test_quotes_in_questions_and_names_survive():
    quoting = replace(PLAIN, question="Isn't it faster?")
    drawn = json.loads(render([quoting])["head-to-head.json"])
    (question,) = (panel for panel in drawn["panels"] if panel["title"] == "The question")
    assert "'Isn''t it faster?'" in question["targets"][0]["rawSql"]
