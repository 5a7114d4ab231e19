"""Dashboards on real data: every query is answered, and every variant shows up."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dashboards.checks.choices import Choices, filled, offered
from dashboards.checks.drawn import (
    LABEL,
    Finding,
    Json,
    Target,
    annotations_of,
    panels_of,
    targets_of,
    variables_of,
)
from dashboards.checks.expressions import parse, selectors
from dashboards.checks.sources import (
    Postgres,
    Prometheus,
    QueryError,
    Window,
    numbers_in,
)
from headtohead.experiment import Experiment

# Compares variants with the baseline, so that it has no line of its own.
COMPARED = ("headtohead_run_ratio", "headtohead.comparisons")
# A column of plain names; a table may also show them with a remark.
_NAMES_VARIANTS = re.compile(r"SELECT variant\b(?! \|\|)")


@dataclass(frozen=True, kw_only=True)
class RealData:
    """Where a run left its traces.

    Attributes:
        prometheus: What scraped the API and the generator meanwhile.
        postgres: What the run was published to.
        window: The time of the run.
        measured: The experiments that it measured.
    """

    prometheus: Prometheus
    postgres: Postgres
    window: Window
    measured: Sequence[Experiment]


@dataclass(kw_only=True)
class _Seen:
    """What became of a query over all choices of a viewer."""

    problems: dict[str, None] = field(default_factory=dict)
    shown: bool = False


def check_data(dashboards: Iterable[Json], data: RealData) -> list[Finding]:
    """Everything that is wrong with these dashboards, given the data of a real run.

    Queries are asked once for each measured experiment where a viewer chooses one, and have to show
    something for at least one of them.
    """
    return [
        Finding(dashboard=dashboard["uid"], place=place, problem=problem)
        for dashboard in dashboards
        for place, problem in _problems(dashboard, data)
    ]


def _problems(dashboard: Json, data: RealData) -> Iterator[tuple[str, str]]:
    chooses = "experiment" in {variable["name"] for variable in variables_of(dashboard)}
    panels = [
        (panel["title"], target) for panel in panels_of(dashboard) for target in targets_of(panel)
    ]
    marks = [
        (annotation["name"], Target(panel={}, query=annotation["target"]))
        for annotation in annotations_of(dashboard)
    ]
    seen = [_Seen() for _ in (*panels, *marks)]
    for experiment in data.measured if chooses else (None,):
        choices: dict[str, Sequence[str]] = {}
        if experiment:
            choices["experiment"] = [experiment.name]
        yield from _choose(dashboard, choices, data)
        for (_, target), known in zip((*panels, *marks), seen, strict=True):
            _look(target, choices, experiment, data=data, seen=known)
    for (place, target), known in zip((*panels, *marks), seen, strict=True):
        yield from ((place, problem) for problem in known.problems)
        if not known.shown and not known.problems:
            yield place, f"query {target.query['refId']} shows nothing"


def _choose(
    dashboard: Json, choices: dict[str, Sequence[str]], data: RealData
) -> Iterator[tuple[str, str]]:
    for variable in variables_of(dashboard):
        name = variable["name"]
        if variable["type"] == "datasource" or name in choices:
            continue
        try:
            values = offered(
                variable,
                choices,
                prometheus=data.prometheus,
                postgres=data.postgres,
                window=data.window,
            )
        except QueryError as error:
            yield name, f"cannot be offered: {error}"
            continue
        if not values:
            chosen = ", ".join(value for chosen in choices.values() for value in chosen)
            yield name, f"offers nothing{f' for {chosen}' if chosen else ''}"
        choices[name] = values if variable.get("multi") else values[:1]


def _look(
    target: Target, choices: Choices, experiment: Experiment | None, *, data: RealData, seen: _Seen
) -> None:
    try:
        if target.expression:
            series = data.prometheus.range(filled(target.expression, choices), data.window)
            found = [each.labels["variant"] for each in series if "variant" in each.labels]
            shown = any(each.finite for each in series)
            seen.problems |= dict.fromkeys(_unknown(target.expression, data))
        else:
            rows = data.postgres.rows(filled(target.sql or "", choices), data.window)
            found = [row["variant"] for row in rows if "variant" in row]
            shown = any(True for _ in numbers_in(rows))
    except (QueryError, ValueError) as error:
        seen.problems[f"query {target.query['refId']} fails: {error}"] = None
        return
    seen.shown |= shown
    if experiment and _shows_variants(target):
        seen.problems |= dict.fromkeys(_missing(target, experiment, found))


def _unknown(expression: str, data: RealData) -> Iterator[str]:
    """The metrics and labels that nobody exports."""
    for selector in selectors(parse(expression)):
        metric = selector.name or ""
        labels = data.prometheus.labels_of(metric, data.window)
        if not labels:
            yield f"names {metric}, which nobody exports"
            continue
        for matcher in selector.matchers.matchers:
            if matcher.name not in labels:
                yield f"names the label {matcher.name}, which {metric} lacks"


def _shows_variants(target: Target) -> bool:
    """Whether it has a line or a row for each variant; an annotation marks some of them."""
    named = "variant" in LABEL.findall(target.legend) or _NAMES_VARIANTS.search(target.sql or "")
    return bool(target.panel and named)


def _missing(target: Target, experiment: Experiment, found: Sequence[str]) -> Iterator[str]:
    query = target.expression or target.sql or ""
    compared = any(name in query for name in COMPARED)
    expected = experiment.variants if compared else experiment.all_variants
    for variant in expected:
        if variant.name not in found:
            yield f"does not show {experiment.identity(variant)}"
