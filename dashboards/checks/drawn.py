"""A dashboard's JSON as checks read it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_WITHOUT_DATA = frozenset({"row", "text"})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong.

    Attributes:
        dashboard: Address of the dashboard.
        place: Title of the panel, or name of the variable or annotation.
        problem: What is wrong, in a few words.
    """

    dashboard: str
    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.place}: {self.problem}"


@dataclass(frozen=True, kw_only=True)
class Target:
    """One query of a panel, with what is drawn of it."""

    panel: Json
    query: Json

    @property
    def expression(self) -> str | None:
        """Its PromQL; None where it is SQL."""
        text = self.query.get("expr")
        return str(text) if text else None

    @property
    def sql(self) -> str | None:
        """Its SQL; None where it is PromQL."""
        text = self.query.get("rawSql")
        return str(text) if text else None

    @property
    def legend(self) -> str:
        """The pattern that names its series."""
        return str(self.query.get("legendFormat", ""))

    @property
    def unit(self) -> str:
        """The unit of its series: that of the last override that names them, or the panel's."""
        # What a transformation of a table makes of a query has its name.
        return unit_of(self.panel, {self.legend, f"Trend #{self.query['refId']}"})


def unit_of(panel: Json, names: Collection[str]) -> str:
    """The unit of a series or column that goes by these names."""
    given = [*properties_of(panel, names, "unit")]
    return str(given[-1] if given else panel["fieldConfig"]["defaults"].get("unit", ""))


def properties_of(panel: Json, names: Collection[str], wanted: str) -> Iterator[Any]:
    """What the overrides of a panel say of a property of a series or column."""
    for override in panel["fieldConfig"].get("overrides", []):
        if _is_meant(names, override["matcher"]):
            yield from (each["value"] for each in override["properties"] if each["id"] == wanted)


def _is_meant(names: Collection[str], matcher: Json) -> bool:
    if matcher["id"] == "byName":
        return matcher["options"] in names
    pattern = str(matcher["options"]).strip("/")
    return any(re.search(pattern, name) for name in names)


def panels_of(dashboard: Json) -> Iterator[Json]:
    """Every panel that is more than a heading."""
    return (each for each in dashboard["panels"] if each["type"] != "row")


def targets_of(panel: Json) -> Iterator[Target]:
    """The queries of a panel."""
    return (Target(panel=panel, query=query) for query in panel.get("targets", []))


def shows_data(panel: Json) -> bool:
    """Whether a panel shows more than words."""
    return panel["type"] not in _WITHOUT_DATA


def variables_of(dashboard: Json) -> Iterator[Json]:
    """What the viewer chooses, in the order it is resolved."""
    return iter(dashboard["templating"]["list"])


def annotations_of(dashboard: Json) -> Iterator[Json]:
    """The events that are marked."""
    return iter(dashboard["annotations"]["list"])
