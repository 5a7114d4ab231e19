"""The linter: what can be told from a dashboard's JSON alone."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from promql_parser import AggregateExpr, Call

from dashboards.checks.drawn import (
    LABEL,
    Finding,
    Json,
    Target,
    annotations_of,
    panels_of,
    shows_data,
    targets_of,
    variables_of,
)
from dashboards.checks.expressions import (
    BYTES,
    RATE,
    SECONDS,
    SHARE,
    THINGS,
    DimensionError,
    dimension,
    dimension_of_buckets,
    kept_labels,
    outermost_aggregates,
    parse,
    parts,
)
from dashboards.page import TAG

PANEL_TYPES = frozenset({"heatmap", "row", "stat", "table", "text", "timeseries"})
COLUMNS = 24
SHORTEST_DESCRIPTION = 40  # characters: enough to say what it means
UNITS = {
    BYTES: {"bytes"},
    RATE: {"ops", "reqps"},
    SECONDS: {"s"},
    SECONDS / THINGS: {"s"},
    SHARE: {"none", "percentunit"},
    THINGS: {"none"},
}
# What SQL returns has no dimension that could be told from its name.
ALL_UNITS = frozenset().union(*UNITS.values(), {"dateTimeAsIso", "ms", "string"})
RANGE = re.compile(r"\[([^\]]*)\]")
VARIABLE = re.compile(r"\$\{?(\w+)")
BUILT_IN = re.compile(r"__\w+")
_Problems = Iterator[tuple[str, str]]


def lint(dashboards: Iterable[Json]) -> list[Finding]:
    """Everything that is wrong with these dashboards, whatever their data."""
    return [
        Finding(dashboard=dashboard["uid"], place=place, problem=problem)
        for dashboard in dashboards
        for rule in (_whole, _layout, _variables, _annotations, _panels)
        for place, problem in rule(dashboard)
    ]


def _whole(dashboard: Json) -> _Problems:
    place = dashboard["title"]
    if not dashboard.get("description"):
        yield place, "has no description"
    if dashboard.get("editable"):
        yield place, "can be edited in place"
    if TAG not in dashboard.get("tags", []):
        yield place, f"lacks the tag {TAG} that dashboards are linked by"
    if not dashboard["time"]["from"].startswith("now-") or dashboard["time"]["to"] != "now":
        yield place, "begins at a fixed time"
    for link in dashboard.get("links", []):
        if not (link["keepTime"] and link["includeVars"]):
            yield place, f"link {link['title']} forgets the time or the variables"


def _layout(dashboard: Json) -> _Problems:
    for name in ("id", "title"):
        counted = Counter(panel[name] for panel in dashboard["panels"])
        for value, number in counted.items():
            if number > 1:
                yield str(value), f"{number} panels have this {name}"
    for panel in dashboard["panels"]:
        position = panel["gridPos"]
        if position["x"] < 0 or position["x"] + position["w"] > COLUMNS:
            yield panel["title"], "leaves the page"
    for one, other in combinations(dashboard["panels"], 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            yield one["title"], f"overlaps {other['title']}"


def _overlap(one: Json, other: Json) -> bool:
    return all(
        one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
        for start, length in (("x", "w"), ("y", "h"))
    )


def _variables(dashboard: Json) -> _Problems:
    known = {variable["name"] for variable in variables_of(dashboard)}
    sources = {each["name"] for each in variables_of(dashboard) if each["type"] == "datasource"}
    for variable in variables_of(dashboard):
        if not (variable.get("label") and variable.get("description")):
            yield variable["name"], "has no label or no description"
        if variable["type"] == "query":
            yield from _source(variable, variable["name"], sources)
            yield from _names(str(variable["query"]), variable["name"], known)
    for place, query in _queries(dashboard):
        yield from _source(query, place, sources)
        for text in ("expr", "rawSql"):
            yield from _names(str(query.get(text, "")), place, known)


def _queries(dashboard: Json) -> Iterator[tuple[str, Json]]:
    for annotation in annotations_of(dashboard):
        yield annotation["name"], annotation["target"]
    for panel in panels_of(dashboard):
        for target in targets_of(panel):
            yield panel["title"], target.query


def _source(query: Json, place: str, sources: set[str]) -> _Problems:
    uid = query["datasource"]["uid"]
    if uid not in {f"${{{name}}}" for name in sources}:
        yield place, f"asks the data source {uid}, which the viewer cannot choose"


def _names(text: str, place: str, known: set[str]) -> _Problems:
    for name in VARIABLE.findall(text):
        if name not in known and not BUILT_IN.fullmatch(name):
            yield place, f"names ${name}, which is no variable here"


def _annotations(dashboard: Json) -> _Problems:
    for annotation in annotations_of(dashboard):
        expression = annotation["target"].get("expr")
        if expression:
            yield from ((annotation["name"], problem) for problem in _syntax(expression))


def _panels(dashboard: Json) -> _Problems:
    for panel in panels_of(dashboard):
        for problem in _panel(panel):
            yield panel["title"], problem


def _panel(panel: Json) -> Iterator[str]:
    if panel["type"] not in PANEL_TYPES:
        yield f"is of the type {panel['type']}"
    if not panel.get("title"):
        yield "has no title"
    if len(panel.get("description", "")) < SHORTEST_DESCRIPTION:
        yield "does not describe what it means"
    if set(panel) & {"timeFrom", "timeShift"}:
        yield "shows another time than the viewer chose"
    if shows_data(panel):
        yield from _drawing(panel)
        for target in targets_of(panel):
            yield from _promql(target) if target.expression else _sql(target)


def _drawing(panel: Json) -> Iterator[str]:
    if not panel["fieldConfig"]["defaults"].get("noValue"):
        yield "does not say what it means that there is nothing"
    legend = panel["options"].get("legend", {})
    if panel["type"] == "timeseries" and not (legend.get("showLegend") and legend.get("calcs")):
        yield "has no legend with values"
    if panel["type"] == "heatmap" and not legend.get("show"):
        yield "has no legend"
    references = [target.query["refId"] for target in targets_of(panel)]
    if not references or len(set(references)) < len(references):
        yield "has no query, or two of one name"
    for override in panel["fieldConfig"].get("overrides", []):
        for each in override["properties"]:
            if each["id"] == "unit" and each["value"] not in ALL_UNITS:
                yield f"has the unit {each['value']}, which is not used here"


def _sql(target: Target) -> Iterator[str]:
    if target.unit not in ALL_UNITS:
        yield f"has the unit {target.unit or 'none'}, which is not used here"
    if not (target.sql or "").startswith(("SELECT", "WITH")):
        yield "has a query that is neither PromQL nor a SELECT"


def _promql(target: Target) -> Iterator[str]:
    expression = target.expression or ""
    problems = list(_syntax(expression))
    yield from problems
    if problems:
        return
    if not target.legend:
        yield f"query {target.query['refId']} names its series by all of their labels"
    yield from _intervals(target)
    yield from _aggregation(target)
    yield from _unit(target)


def _syntax(expression: str) -> Iterator[str]:
    try:
        parse(expression)
    except ValueError as error:
        yield f"{expression} is no PromQL ({error})"


def _intervals(target: Target) -> Iterator[str]:
    for interval in RANGE.findall(target.expression or ""):
        if interval != "$__rate_interval":
            yield f"looks back over [{interval}] and not over $__rate_interval"


def _aggregation(target: Target) -> Iterator[str]:
    tree = parse(target.expression or "")
    named = set(LABEL.findall(target.legend))
    for aggregate in outermost_aggregates(tree):
        if lost := named - kept_labels(aggregate):
            yield f"names its series by {', '.join(sorted(lost))}, which are summed over"
    for part in parts(tree):
        if isinstance(part, AggregateExpr) and isinstance(part.expr, Call):
            counted = part.expr.func.name in {"rate", "increase"}
            if counted and str(part.op) != "sum":
                yield f"takes the {part.op} of rates, which only add up"
        if isinstance(part, Call) and part.func.name == "histogram_quantile":
            buckets = part.args[1]
            if not (isinstance(buckets, AggregateExpr) and "le" in kept_labels(buckets)):
                yield "asks for a quantile of buckets whose bounds are summed over"


def _unit(target: Target) -> Iterator[str]:
    tree = parse(target.expression or "")
    try:
        heat = target.panel["type"] == "heatmap"
        found = dimension_of_buckets(tree) if heat else dimension(tree)
    except DimensionError as error:
        yield f"query {target.query['refId']}: {error}"
        return
    fitting = UNITS.get(found, set())
    if target.unit not in fitting:
        expected = " or ".join(sorted(fitting)) or "no unit"
        yield f"query {target.query['refId']} is drawn in {target.unit}, but needs {expected}"
