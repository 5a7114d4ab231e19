"""Runs that were published: when, of what, and whether they count."""

from grafana_foundation_sdk.builders import dashboard, table
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from dashboards.colours import NEUTRAL
from dashboards.panels import table_panel, unit_property, wide
from dashboards.queries import POSTGRES, Sql

HIDDEN = DynamicConfigValue(id_val="custom.hidden", value=True)
OPEN_RUN = {
    "title": "Open this run",
    "url": "/d/head-to-head?from=${__data.fields.begins}&to=${__data.fields.ends}"
    "&var-experiment=${__data.fields.first}&var-run=${__data.fields.Run}"
    "&${prometheus:queryparam}&${postgres:queryparam}",
}


def published() -> dashboard.AnnotationQuery:
    """How long each published run took, marked on panels over time."""
    return (
        dashboard.AnnotationQuery()
        .name("Published runs")
        .datasource(POSTGRES)
        .icon_color(NEUTRAL)
        .hide(True)
        .enable(True)
        .target(
            Sql(
                text="""\
SELECT started_at AS time, started_at + seconds * interval '1 second' AS timeend,
  'Run ' || run_id || CASE WHEN valid THEN '' ELSE ', invalid' END AS text,
  coalesce(left(git_commit, 10), 'no commit') AS tags
FROM headtohead.runs
WHERE $__timeFilter(started_at)
ORDER BY started_at"""
            )
        )
    )


def conditions() -> table.Panel:
    """Where the chosen run comes from."""
    return (
        table_panel(
            title="The run",
            description="Where this answer comes from. Uncommitted changes, an incomplete or an "
            "invalid run: measure again before you rely on it.",
            unit="string",
        )
        .span(12)
        .override_by_name("Mode", [wide(85)])
        .override_by_name("Pairs", [unit_property("none"), wide(60)])
        .override_by_name("Took", [unit_property("s"), wide(75)])
        .override_by_name("Commit", [wide(165)])
        .override_by_name("Started", [unit_property("dateTimeAsIso"), wide(170)])
        .with_target(
            Sql(
                text="""\
SELECT started_at AS "Started", mode AS "Mode", pairs AS "Pairs", seconds AS "Took",
  coalesce(left(git_commit, 10), 'none') || CASE WHEN git_dirty THEN ', changed' ELSE '' END
    AS "Commit",
  CASE WHEN NOT complete THEN 'incomplete' WHEN valid THEN 'valid' ELSE 'invalid' END AS "State"
FROM headtohead.runs JOIN headtohead.results USING (run_id)
WHERE run_id = ${run:sqlstring} AND experiment = ${experiment:sqlstring}"""
            )
        )
    )


def listed() -> table.Panel:
    """All runs, each with a way to its own time range."""
    return (
        table_panel(
            title="Published runs",
            description="Every published run, newest first. Its name opens Head to head at the "
            "time of that run.",
            unit="string",
        )
        .height(10)
        .override_by_name("Started", [unit_property("dateTimeAsIso"), wide(170)])
        .override_by_name("Took", [unit_property("s")])
        .override_by_regexp("/^(Experiments|Faster|Slower)$/", [unit_property("none")])
        .override_by_regexp("/^(begins|ends|first)$/", [HIDDEN])
        .override_by_name("Run", [wide(220), DynamicConfigValue(id_val="links", value=[OPEN_RUN])])
        .with_target(
            Sql(
                text="""\
SELECT run_id AS "Run", started_at AS "Started", runs.seconds AS "Took",
  coalesce(left(git_commit, 10), 'none') || CASE WHEN git_dirty THEN ', changed' ELSE '' END
    AS "Commit",
  CASE WHEN NOT complete THEN 'incomplete' WHEN valid THEN 'valid' ELSE 'invalid' END AS "State",
  count(DISTINCT experiment) AS "Experiments",
  count(*) FILTER (WHERE verdict LIKE 'faster%') AS "Faster",
  count(*) FILTER (WHERE verdict LIKE 'slower%') AS "Slower",
  min(experiment) AS first,
  (extract(epoch FROM started_at) * 1000 - 15000)::bigint::text AS begins,
  (extract(epoch FROM started_at) * 1000 + runs.seconds * 1000 + 15000)::bigint::text AS ends
FROM headtohead.runs LEFT JOIN headtohead.comparisons USING (run_id)
WHERE $__timeFilter(started_at)
GROUP BY run_id
ORDER BY started_at DESC"""
            )
        )
    )
