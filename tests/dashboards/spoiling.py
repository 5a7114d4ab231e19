"""Mistakes to make in a dashboard, one at a time."""

from collections.abc import Callable
from typing import Any

Dashboards = list[dict[str, Any]]


def dashboard(dashboards: Dashboards, uid: str) -> dict[str, Any]:
    (found,) = (each for each in dashboards if each["uid"] == uid)
    return found


def panel(dashboards: Dashboards, uid: str, title: str) -> dict[str, Any]:
    (found,) = (each for each in dashboard(dashboards, uid)["panels"] if each["title"] == title)
    return found


def in_queries(uid: str, title: str, old: str, new: str) -> Callable[[Dashboards], None]:
    """A mistake in the text of a panel's queries."""

    def spoil(dashboards: Dashboards) -> None:
        for query in panel(dashboards, uid, title)["targets"]:
            for kind in {"expr", "rawSql"} & query.keys():
                query[kind] = query[kind].replace(old, new)

    return spoil


def in_unit(uid: str, title: str, unit: str) -> Callable[[Dashboards], None]:
    """Another unit of a panel."""

    def spoil(dashboards: Dashboards) -> None:
        panel(dashboards, uid, title)["fieldConfig"]["defaults"]["unit"] = unit

    return spoil
