"""What somebody who looks at a dashboard reads off it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain

from dashboards.checks.choices import Choices, filled
from dashboards.checks.drawn import LABEL, Json, Target, properties_of, targets_of, unit_of
from dashboards.checks.sources import Postgres, Prometheus, Window


def lines(
    panel: Json, choices: Choices, *, prometheus: Prometheus, window: Window
) -> Mapping[str, float]:
    """The last value of each line, by its name; not a number where nothing is drawn."""
    shown: dict[str, float] = {}
    for target in targets_of(panel):
        query = filled(target.expression or "", choices)
        for series in prometheus.range(query, window):
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
    (name,) = properties_of(target.panel, {f"Trend #{target.query['refId']}"}, "displayName")
    return f": {name}"


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


@dataclass(frozen=True)
class Table:
    """What SQL finds, as it is shown: the columns with the units of those that have one, and rows.

    Cells of a stat are columns, too: each is named by what it shows a value of.
    """

    columns: Mapping[str, str | None]
    rows: Sequence[Sequence[object]]


def table(panel: Json, choices: Choices, *, postgres: Postgres, window: Window) -> Table:
    (target,) = targets_of(panel)
    rows = postgres.rows(filled(target.sql or "", choices), window)
    for transformation in panel.get("transformations", []):
        assert transformation["id"] == "rowsToFields"
        by = {
            each["handlerKey"]: each["fieldName"] for each in transformation["options"]["mappings"]
        }
        rows = [{row[by["field.name"]]: row[by["field.value"]] for row in rows}]
    columns = [*rows[0]] if rows else []
    values = {name: [row[name] for row in rows] for name in columns}
    return Table(
        columns={name: _unit(panel, name, values[name]) for name in columns},
        rows=[tuple(_told(panel, name, row[name]) for name in columns) for row in rows],
    )


def _unit(panel: Json, column: str, values: Iterable[object]) -> str | None:
    """The unit of a column of numbers, or of times in a table."""
    measured = (int, float, Decimal, *([datetime] if panel["type"] == "table" else []))
    return unit_of(panel, {column}) if any(isinstance(each, measured) for each in values) else None


def _told(panel: Json, column: str, value: object) -> object:
    """A value as it is shown, which a panel may tell by another text."""
    mappings = panel["fieldConfig"]["defaults"].get("mappings", [])
    for mapping in [*mappings, *chain(*properties_of(panel, {column}, "mappings"))]:
        if value in mapping["options"]:
            return mapping["options"][value]["text"]
    return value
