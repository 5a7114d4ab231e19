"""The history against an anchor: every endpoint over commits, and where its level changed."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard, table, timeseries
from grafana_foundation_sdk.models.common import VisibilityMode

from dashboards.colours import OPEN
from dashboards.panels import series_panel, table_panel, unit_property, wide, with_line
from dashboards.queries import POSTGRES, Sql, sql_literal
from headtohead.experiment import Experiment

_NOTHING = "No commit of this time range: h2h history publish"


def change_points() -> dashboard.AnnotationQuery:
    """Where the level of an endpoint changed."""
    return (
        dashboard.AnnotationQuery()
        .name("Change points")
        .datasource(POSTGRES)
        .icon_color(OPEN)
        .enable(True)
        .target(
            Sql(
                text="""\
SELECT committed_at AS time,
  subject || ' by ' || round((100 * (step - 1))::numeric, 1) || ' % from commit '
    || left(git_commit, 10) AS text
FROM headtohead.changes
WHERE $__timeFilter(committed_at)"""
            )
        )
    )


def development(experiments: Sequence[Experiment]) -> timeseries.Panel:
    """The ratio of every endpoint to the anchor, commit by commit."""
    columns = ",\n  ".join(
        f'max(ratio) FILTER (WHERE subject = {sql_literal(each.name)}) AS "{each.name}"'
        # A request that several share goes by the name of whichever was compared.
        for each in experiments
    )
    panel = (
        series_panel(
            title="Against the anchor",
            description="Time of every commit over that of the anchor, measured side by side, so "
            "that the machine's speed cancels. Above 1 is slower than the anchor. A mark stands "
            "where the level of an endpoint changed and stayed.",
            unit="none",
            from_zero=False,
        )
        .decimals(3)
        .span(24)
        .height(11)
        .span_nulls(True)
        .show_points(VisibilityMode.ALWAYS)
        .no_value(_NOTHING)
        .with_target(
            Sql(
                text=f"""\
SELECT committed_at AS time,
  {columns}
FROM headtohead.history
WHERE $__timeFilter(committed_at)
GROUP BY committed_at
ORDER BY committed_at"""
            )
        )
    )
    return with_line(panel, at=1)


def changed() -> table.Panel:
    """Every change point with its size, the newest first."""
    return (
        table_panel(
            title="Change points",
            description="Commits from which on an endpoint was faster (below 0 %) or slower, with "
            "the 95 % interval. A quiet series has one in a hundred times.",
            unit="percentunit",
        )
        .decimals(1)
        .override_by_name("Committed", [unit_property("dateTimeAsIso"), wide(170)])
        .override_by_name("Endpoint", [wide(200)])
        .with_target(
            Sql(
                text="""\
SELECT subject AS "Endpoint", left(git_commit, 10) AS "From commit",
  step - 1 AS "Change", ci95_low - 1 AS "From", ci95_high - 1 AS "To",
  left(anchor, 10) AS "Anchor", committed_at AS "Committed"
FROM headtohead.changes
WHERE $__timeFilter(committed_at)
UNION ALL
SELECT 'none', NULL, NULL, NULL, NULL, NULL, NULL
WHERE NOT EXISTS (SELECT FROM headtohead.changes WHERE $__timeFilter(committed_at))
ORDER BY 7 DESC, 1"""
            )
        )
    )
