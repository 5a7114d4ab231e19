"""Whatever asks Prometheus shows what its title says, on made series."""

import pytest

from dashboards.checks.choices import offered
from dashboards.checks.drawn import (
    annotations_of,
    panels_of,
    shows_data,
    targets_of,
    variables_of,
)
from dashboards.checks.sources import Postgres
from headtohead.run.metrics import RunMetrics
from tests.check.test_equal_answers import experiment
from tests.dashboards.expected_series import CHOICES, EVENTS, OFFERED, PANELS
from tests.dashboards.made_series import WINDOW, each_series
from tests.dashboards.reading import events, lines
from tests.dashboards.spoiling import panel
from tests.run.test_metrics import progress, traffic

PLACES = [(uid, title) for uid, panels in PANELS.items() for title in panels]


@pytest.mark.process
@pytest.mark.parametrize(("uid", "title"), PLACES)
def test_panel_shows_what_its_title_says(uid, title, drawn, made_prometheus):
    shown = lines(panel(drawn, uid, title), CHOICES, prometheus=made_prometheus, window=WINDOW)
    assert shown == pytest.approx(PANELS[uid][title], nan_ok=True)


def test_every_panel_of_series_is_looked_at(drawn):
    assert set(PLACES) == {
        (dashboard["uid"], each["title"])
        for dashboard in drawn
        for each in panels_of(dashboard)
        if any(target.expression for target in targets_of(each))
    }


def test_every_annotation_of_series_marks_what_it_is_named_after(drawn, made_prometheus):
    marked = [
        annotation
        for dashboard in drawn
        for annotation in annotations_of(dashboard)
        if "expr" in annotation["target"]
    ]
    assert {each["name"] for each in marked} == EVENTS.keys()
    for each in marked:
        found = events(each, CHOICES, prometheus=made_prometheus, window=WINDOW)
        assert found == EVENTS[each["name"]]


def test_every_variable_of_series_offers_what_can_be_chosen(drawn, made_prometheus):
    variables = [
        variable
        for dashboard in drawn
        for variable in variables_of(dashboard)
        if variable["type"] != "datasource" and not variable["query"].startswith("SELECT")
    ]
    assert {each["name"] for each in variables} == OFFERED.keys()
    for each in variables:
        found = offered(
            each,
            CHOICES,
            prometheus=made_prometheus,
            postgres=Postgres(url="nobody asks it"),
            window=WINDOW,
        )
        assert found == OFFERED[each["name"]]


def test_glances_tell_the_mean_and_the_largest_of_what_may_peak(drawn):
    reduced = {
        (dashboard["uid"], each["title"]): each["options"]["reduceOptions"]["calcs"]
        for dashboard in drawn
        for each in panels_of(dashboard)
        if each["type"] == "stat" and "expr" in each["targets"][0]
    }
    peaks = {("load-generator", each) for each in ("Users", "Generator's CPU", "Loop lag")}
    assert {each for each in reduced if reduced[each] == ["max"]} == peaks
    assert {each for each in reduced if reduced[each] == ["mean"]} == reduced.keys() - peaks


def test_lines_across_panels_are_what_values_are_judged_by(drawn):
    drawn_at = {
        each["title"]: steps[-1]["value"]
        for dashboard in drawn
        for each in filter(shows_data, panels_of(dashboard))
        if (steps := each["fieldConfig"]["defaults"].get("thresholds", {}).get("steps"))
    }
    no_difference = ("Ratio so far", "Against the anchor", "listing", "summary")
    assert drawn_at == {
        **dict.fromkeys(no_difference, 1),
        # From there on the generator's own work shows in what it measures.
        "Generator's CPU over time": 0.9,
        # What displays as more than nothing.
        "Server errors": 0.0001,
    }


def test_made_series_are_labelled_as_a_run_labels_its_own():
    metrics = RunMetrics("run-1")
    metrics.begin(experiment("/equal"))
    metrics.update(progress(traffic=traffic(rate=50.0, late_seconds=0.1)), experiment="e")
    exported = {
        sample.name: sample.labels.keys()
        for family in metrics.registry.collect()
        for sample in family.samples
    }
    made = {
        metric: labels.keys() - {"instance"}
        for metric, labels, _ in each_series()
        if metric.startswith(("headtohead_generator_", "headtohead_run_"))
    }
    assert made == {metric: exported.get(metric) for metric in made}
