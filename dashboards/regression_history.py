"""Regression history: how every experiment's effect developed from run to run."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import dashboard, table, timeseries
from grafana_foundation_sdk.models.common import VisibilityMode
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import anchored, runs
from dashboards.answer import VERDICTS
from dashboards.colours import NEUTRAL, variant_colours
from dashboards.page import Section, choice_variable, page, postgres_variable, prometheus_variable
from dashboards.panels import (
    coloured,
    decimals_property,
    mappings_property,
    series_panel,
    table_panel,
    unit_property,
    wide,
    with_bands,
    with_line,
)
from dashboards.queries import POSTGRES, Sql, sql_literal
from headtohead.analysis.results import Metric, Verdict
from headtohead.experiment import Experiment

UID = "regression-history"

# Answers that must not be used are drawn nowhere; the others of the same run are.
COUNTS = f"complete AND verdict <> '{Verdict.INVALID}' AND $__timeFilter(started_at)"
# So many rows of a table that the next section is still to be guessed at.
MOST_ROWS = 15


def regression_history(experiments: Sequence[Experiment]) -> Dashboard:
    """The dashboard of all published runs."""
    colours = variant_colours(experiments)
    return page(
        uid=UID,
        title="Regression history",
        description="How the effect of every experiment developed over published runs.",
        since="now-90d",
        refresh="",
        variables=[metric_variable(), postgres_variable(), prometheus_variable()],
        annotations=[commits(), anchored.change_points()],
        sections=[
            Section(title="Where it stands", panels=[latest_answers(experiments)]),
            Section(
                title="Commit by commit",
                panels=[anchored.development(experiments), anchored.changed()],
            ),
            Section(
                title="Effects from run to run",
                panels=[effect(experiment, colours) for experiment in experiments],
            ),
            Section(title="Runs", panels=[runs.listed()]),
        ],
    )


def metric_variable() -> dashboard.CustomVariable:
    """What is compared."""
    return choice_variable(
        "metric",
        label="Metric",
        description="What is compared: latency of request pairs; throughput and percentiles are "
        "measured under load.",
        values=[str(metric) for metric in Metric],
    )


def commits() -> dashboard.AnnotationQuery:
    """Where each commit was measured first."""
    return (
        dashboard.AnnotationQuery()
        .name("Commits")
        .datasource(POSTGRES)
        .icon_color(NEUTRAL)
        # A line for almost every point would hide the points.
        .enable(False)
        .target(
            Sql(
                text="""\
SELECT min(started_at) AS time, 'First run of commit ' || left(git_commit, 10) AS text
FROM headtohead.runs
WHERE git_commit IS NOT NULL AND $__timeFilter(started_at)
GROUP BY git_commit"""
            )
        )
    )


def latest_answers(experiments: Sequence[Experiment]) -> table.Panel:
    """The newest answer to every question, and how it differs from the one before."""
    rows = sum(len(experiment.variants) for experiment in experiments)
    return (
        table_panel(
            title="Latest answers",
            description="The newest valid answer of each experiment, and by how much its ratio "
            "differs from the run before. A change larger than both intervals deserves a look at "
            "what was committed between the two.",
            unit="none",
        )
        .decimals(3)
        .height(3 + min(rows, MOST_ROWS))
        .override_by_name("Verdict", mappings_property(VERDICTS))
        .override_by_name("Change", [unit_property("percentunit"), decimals_property(1)])
        .override_by_name("Measured", [unit_property("dateTimeAsIso"), wide(170)])
        .override_by_name("Experiment", [wide(150)])
        .override_by_name("Baseline → variant", [wide(230)])
        .with_target(
            Sql(
                text=f"""\
SELECT experiment AS "Experiment", baseline || ' → ' || variant AS "Baseline → variant",
  verdict AS "Verdict", ratio AS "Ratio", ci95_low AS "From", ci95_high AS "To",
  ratio / before - 1 AS "Change", left(git_commit, 10) AS "Commit", started_at AS "Measured"
FROM (
  SELECT *, lag(ratio) OVER (PARTITION BY experiment, variant ORDER BY started_at) AS before,
    row_number() OVER (PARTITION BY experiment, variant ORDER BY started_at DESC) AS age
  FROM headtohead.comparisons JOIN headtohead.runs USING (run_id)
  WHERE metric = ${{metric:sqlstring}} AND {COUNTS}
) AS told
WHERE age = 1
ORDER BY experiment, variant"""
            )
        )
    )


def effect(experiment: Experiment, colours: Mapping[str, str]) -> timeseries.Panel:
    """The ratio of each of an experiment's variants, with its interval."""
    names = [variant.name for variant in experiment.variants]
    columns = ",\n  ".join(
        f'max({column}) FILTER (WHERE variant = {sql_literal(name)}) AS "{name}{suffix}"'
        for name in names
        for column, suffix in (("ratio", ""), ("ci95_low", " low"), ("ci95_high", " high"))
    )
    panel = (
        series_panel(
            title=experiment.name,
            description=f"{experiment.question} Ratio to {experiment.baseline.name} with its 95 % "
            "interval, a point for each valid answer; the line at 1 is no difference. A step that "
            "stays is a regression or a gain: open the run below. One point alone is noise.",
            unit="none",
            from_zero=False,
        )
        .decimals(3)
        .span_nulls(True)
        .show_points(VisibilityMode.ALWAYS)
        .no_value(f"Nothing in this time range: h2h run {experiment.name} --publish")
        .with_target(
            Sql(
                text=f"""\
SELECT started_at AS time,
  {columns}
FROM headtohead.comparisons JOIN headtohead.runs USING (run_id)
WHERE experiment = {sql_literal(experiment.name)} AND metric = ${{metric:sqlstring}} AND {COUNTS}
GROUP BY run_id, started_at
ORDER BY started_at"""
            )
        )
    )
    return with_line(with_bands(coloured(panel, colours), names), at=1)
