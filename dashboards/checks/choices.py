"""What a viewer has chosen, put into the queries of a dashboard."""

import re
from collections.abc import Mapping, Sequence

from dashboards.checks.drawn import Json
from dashboards.checks.sources import Postgres, Prometheus, Window
from dashboards.queries import sql_literal

Choices = Mapping[str, Sequence[str]]
LABEL_VALUES = re.compile(r"label_values\((?:(?P<selector>.*), )?(?P<label>\w+)\)")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::(\w+))?\})")


def filled(text: str, choices: Choices) -> str:
    """A query with the chosen values in the place of variables; macros of Grafana stay."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in choices:
            return found[0]
        values = choices[name]
        if found[3] == "sqlstring":
            return ",".join(sql_literal(each) for each in values)
        if len(values) <= 1:
            return "".join(values)
        # As Grafana does for PromQL: several are alternatives of a regular expression.
        return "|".join(re.escape(each).replace("\\", "\\\\") for each in values)

    return _VARIABLE.sub(value, text)


def offered(
    variable: Json,
    choices: Choices,
    *,
    prometheus: Prometheus,
    postgres: Postgres,
    window: Window,
) -> list[str]:
    """The values that a variable offers, given what is chosen of those before it.

    Raises:
        QueryError: Its query cannot be answered.
    """
    if variable["type"] == "custom":
        return str(variable["query"]).split(",")
    query = filled(str(variable["query"]), choices)
    wanted = LABEL_VALUES.fullmatch(query)
    if wanted:
        return prometheus.label_values(wanted["label"], wanted["selector"], window)
    return [str(row["__value"]) for row in postgres.rows(query, window)]
