"""The committed dashboards keep the linter's rules, and the linter notices who does not."""

import pytest

from dashboards.checks.lint import lint
from tests.dashboards.spoiling import dashboard, in_queries, in_unit, panel


def test_committed_dashboards_keep_the_rules(generated):
    assert [str(finding) for finding in lint(generated)] == []


def test_there_are_the_five(generated):
    assert sorted(each["uid"] for each in generated) == [
        "api",
        "database-and-cache",
        "head-to-head",
        "load-generator",
        "regression-history",
    ]


def first(dashboards):
    return panel(dashboards, "head-to-head", "Response times")


def put_upon(dashboards):
    rate = panel(dashboards, "api", "Rate by endpoint")
    panel(dashboards, "api", "Errors by endpoint")["gridPos"] = dict(rate["gridPos"])


def id_of_another(dashboards):
    panel(dashboards, "api", "Rate by endpoint")["id"] = panel(
        dashboards, "api", "Errors by endpoint"
    )["id"]


def title_of_another(dashboards):
    panel(dashboards, "api", "Rate by endpoint")["title"] = "Errors by endpoint"


def fixed_source(dashboards):
    first(dashboards)["targets"][0]["datasource"]["uid"] = "prometheus"


def no_unit(dashboards):
    del first(dashboards)["fieldConfig"]["defaults"]["unit"]


def column_of_another_unit(dashboards):
    overrides = panel(dashboards, "head-to-head", "Numbers")["fieldConfig"]["overrides"]
    overrides[-1]["properties"][0]["value"] = "kbytes"


MISTAKES = {
    "id": (id_of_another, "2 panels have this id"),
    "title": (title_of_another, "2 panels have this title"),
    "overlap": (put_upon, "overlaps"),
    "off the page": (lambda all_: first(all_)["gridPos"].update(x=20), "leaves the page"),
    "no title": (lambda all_: first(all_).update(title=""), "has no title"),
    "no description": (lambda all_: first(all_).update(description="Times."), "does not describe"),
    "no unit": (no_unit, "is drawn in , but needs s"),
    "no legend": (
        lambda all_: first(all_)["options"]["legend"].update(showLegend=False),
        "has no legend",
    ),
    "type": (lambda all_: first(all_).update(type="piechart"), "is of the type piechart"),
    "source": (fixed_source, "the data source prometheus, which the viewer cannot choose"),
    "fixed range": (
        lambda all_: dashboard(all_, "api")["time"].update({"from": "2026-01-01T00:00:00Z"}),
        "begins at a fixed time",
    ),
    "range of its own": (lambda all_: first(all_).update(timeFrom="1h"), "shows another time"),
    "editable": (lambda all_: dashboard(all_, "api").update(editable=True), "edited in place"),
    "link": (
        lambda all_: dashboard(all_, "api")["links"][0].update(keepTime=False),
        "forgets the time",
    ),
    "no value": (
        lambda all_: first(all_)["fieldConfig"]["defaults"].pop("noValue"),
        "does not say what it means that there is nothing",
    ),
    "column's unit": (column_of_another_unit, "has the unit kbytes"),
    "metric of another kind": (
        in_queries("head-to-head", "Response times", "response_seconds", "errors"),
        "is drawn in s, but needs none",
    ),
    "variable": (
        in_queries("head-to-head", "Response times", "$experiment", "$experimint"),
        "names $experimint",
    ),
    "syntax": (in_queries("api", "Rate by endpoint", "sum by", "sum bye"), "is no PromQL"),
    "interval": (
        in_queries("api", "Rate by endpoint", "$__rate_interval", "5m"),
        "looks back over [5m]",
    ),
    "interval of the panel": (
        in_queries("api", "Rate by endpoint", "$__rate_interval", "$__interval"),
        "looks back over [$__interval]",
    ),
    "aggregation": (
        in_queries("api", "Rate by endpoint", "sum by", "avg by"),
        "takes the avg of rates",
    ),
    "aggregation of all": (
        in_queries("api", "Rate by endpoint", "sum by (route)", "sum"),
        "names its series by route, which are summed over",
    ),
    "buckets": (
        in_queries("api", "Median by endpoint", "by (le, route)", "by (route)"),
        "asks for a quantile of buckets whose bounds are summed over",
    ),
    "no rate": (
        in_queries("api", "Rate by endpoint", "rate(", "("),
        "is no PromQL",
    ),
    "seconds as milliseconds": (
        in_unit("api", "Median by endpoint", "ms"),
        "drawn in ms, but needs s",
    ),
    "share as percent": (
        in_unit("load-generator", "Generator's CPU", "percent"),
        "drawn in percent, but needs none or percentunit",
    ),
    "rate as number": (
        in_unit("api", "Rate by endpoint", "none"),
        "drawn in none, but needs ops or reqps",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_found(generated, mistake):
    spoil, problem = MISTAKES[mistake]
    spoil(generated)
    assert [finding for finding in lint(generated) if problem in finding.problem]
