"""Where panels get their data: PromQL and SQL, from the data sources that the viewer chooses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="${prometheus}")
POSTGRES = DataSourceRef(type_val="grafana-postgresql-datasource", uid="${postgres}")

# Names series by experiment and variant; it begins with what their colour follows from.
IDENTITY = "{{variant}} of {{experiment}}"


def promql(expression: str, *, legend: str, ref: str = "A") -> prometheus.Dataquery:
    """A query over the time that is shown; `legend` names its series, `{{label}}` by a label."""
    return (
        prometheus.Dataquery()
        .datasource(PROMETHEUS)
        .expr(expression)
        .legend_format(legend)
        .range()
        .ref_id(ref)
    )


def promql_heat(expression: str) -> prometheus.Dataquery:
    """A query for the buckets of a histogram over the time that is shown."""
    return promql(expression, legend="{{le}}").format(PromQueryFormat.HEATMAP)


@dataclass(frozen=True, kw_only=True)
class Sql(Builder[Dataquery], Dataquery):
    """A query of PostgreSQL, which the SDK has no builder for.

    Attributes:
        text: The statement; dashboard variables stand in it as `${name:sqlstring}`.
        ref: Name of the query within its panel.
    """

    text: str
    ref: str = "A"

    def build(self) -> Self:
        """The query itself."""
        return self

    def to_json(self) -> Mapping[str, object]:
        """How Grafana's dashboards spell it."""
        return {
            "datasource": POSTGRES,
            "editorMode": "code",
            "format": "table",
            "rawQuery": True,
            "rawSql": self.text.strip(),
            "refId": self.ref,
        }


def sql_literal(text: str) -> str:
    """Text as a constant of SQL."""
    return "'" + text.replace("'", "''") + "'"
