"""What somebody who looks at a dashboard reads off it."""

import re
from collections.abc import Iterator, Mapping

from dashboards.checks.choices import Choices, filled
from dashboards.checks.drawn import LABEL, Json, Target, targets_of
from dashboards.checks.sources import Prometheus, Window


def lines(
    panel: Json, choices: Choices, *, prometheus: Prometheus, window: Window
) -> Mapping[str, float]:
    """The last value of each line, by its name."""
    shown: dict[str, float] = {}
    for target in targets_of(panel):
        query = filled(target.expression or "", choices)
        for series in prometheus.range(query, window):
            if series.finite:
                name = f"{_labelled(target.legend, series.labels)}{_column(target)}"
                assert name not in shown
                shown[name] = series.values[-1]
    return shown


def _labelled(text: str, labels: Mapping[str, str]) -> str:
    return LABEL.sub(lambda found: labels.get(found[1], ""), text)


def _column(target: Target) -> str:
    """The heading over what a table has of a query."""
    if target.panel["type"] != "table":
        return ""
    (name,) = _properties(target.panel, f"Trend #{target.query['refId']}", "displayName")
    return f": {name}"


def _properties(panel: Json, field: str, wanted: str) -> Iterator[str]:
    for override in panel["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        by_name = matcher["id"] == "byName"
        if matcher["options"] == field if by_name else re.search(matcher["options"][1:-1], field):
            yield from (each["value"] for each in override["properties"] if each["id"] == wanted)


def events(
    annotation: Json, choices: Choices, *, prometheus: Prometheus, window: Window
) -> Mapping[str, float]:
    """The time of each event, in milliseconds, by its title and text."""
    assert annotation["useValueForTime"]
    query = filled(annotation["target"]["expr"], choices)
    return {
        _labelled(f"{annotation['titleFormat']}: {annotation['textFormat']}", each.labels): (
            each.values[-1]
        )
        for each in prometheus.range(query, window)
    }
