"""Whatever asks PostgreSQL shows what its title says, on made runs."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from dashboards.checks.choices import filled
from dashboards.checks.drawn import (
    annotations_of,
    panels_of,
    properties_of,
    targets_of,
    variables_of,
)
from tests.dashboards.expected_rows import CHOICES, EVENTS, OF_RUNS, OFFERED, PANELS
from tests.dashboards.made_series import WINDOW
from tests.dashboards.reading import table
from tests.dashboards.spoiling import panel

pytestmark = pytest.mark.stack

PLACES = [(uid, title) for uid, panels in PANELS.items() for title in panels]
# Nothing was published or committed then.
EMPTY = replace(WINDOW, start=WINDOW.start - 1_000_000, end=WINDOW.end - 1_000_000)


def rounded(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Fractions without the digits that rounding makes; pytest.approx takes no times."""
    return [[round(each, 9) if isinstance(each, float) else each for each in row] for row in rows]


@pytest.mark.parametrize(("uid", "title"), PLACES)
def test_panel_shows_what_its_title_says(uid, title, drawn, made_postgres):
    shown = table(panel(drawn, uid, title), CHOICES, postgres=made_postgres, window=WINDOW)
    expected = PANELS[uid][title]
    assert shown.columns == expected.columns
    assert rounded(shown.rows) == rounded(expected.rows)


def test_every_panel_of_rows_is_looked_at(drawn):
    assert set(PLACES) == {
        (dashboard["uid"], each["title"])
        for dashboard in drawn
        for each in panels_of(dashboard)
        if any(target.sql for target in targets_of(each))
    }


@pytest.mark.parametrize(("title", "run"), OF_RUNS)
def test_panel_shows_what_another_run_found(title, run, drawn, made_postgres):
    shown = table(
        panel(drawn, "head-to-head", title),
        {**CHOICES, "run": [run]},
        postgres=made_postgres,
        window=WINDOW,
    )
    assert shown.rows == OF_RUNS[title, run]


def test_time_without_change_points_says_so(drawn, made_postgres):
    shown = table(
        panel(drawn, "regression-history", "Change points"),
        CHOICES,
        postgres=made_postgres,
        window=EMPTY,
    )
    assert [endpoint for endpoint, *_ in shown.rows] == ["none"]


def test_name_of_a_published_run_opens_that_run(drawn, made_postgres):
    listed = panel(drawn, "regression-history", "Published runs")
    ((link,),) = properties_of(listed, {"Run"}, "links")
    shown = table(listed, CHOICES, postgres=made_postgres, window=WINDOW)
    (second,) = (
        values
        for values in (dict(zip(shown.columns, row, strict=True)) for row in shown.rows)
        if values["Run"] == "second"
    )
    address = re.sub(r"\$\{__data\.fields\.(\w+)\}", lambda found: second[found[1]], link["url"])
    assert address == (
        f"/d/head-to-head?from={second['begins']}&to={second['ends']}&var-experiment=listing"
        "&var-run=second&${prometheus:queryparam}&${postgres:queryparam}"
    )


def test_every_annotation_of_rows_marks_what_it_is_named_after(drawn, made_postgres):
    marked = [
        annotation
        for dashboard in drawn
        for annotation in annotations_of(dashboard)
        if "rawSql" in annotation["target"]
    ]
    assert {each["name"] for each in marked} == EVENTS.keys()
    for each in marked:
        found = made_postgres.rows(filled(each["target"]["rawSql"], CHOICES), WINDOW)
        assert sorted(found, key=lambda row: row["time"]) == EVENTS[each["name"]]


def test_every_variable_of_rows_offers_what_can_be_chosen(drawn, made_postgres):
    variables = [
        variable
        for dashboard in drawn
        for variable in variables_of(dashboard)
        if str(variable.get("query")).startswith("SELECT")
    ]
    assert {each["name"] for each in variables} == OFFERED.keys()
    for each in variables:
        found = made_postgres.rows(filled(each["query"], CHOICES), WINDOW)
        assert found == OFFERED[each["name"]]
        # Grafana keeps that order, and chooses the first.
        assert each["sort"] == 0
