"""Head to head: what a run answered, how the answer came about, and what causes it."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import answer, course, runs
from dashboards.colours import NEUTRAL, OPEN, variant_colours
from dashboards.page import (
    Section,
    experiment_variable,
    hidden,
    labels_variable,
    page,
    postgres_variable,
    prometheus_variable,
    rows_variable,
)
from dashboards.queries import PROMETHEUS, promql
from headtohead.experiment import Experiment

UID = "head-to-head"


def head_to_head(experiments: Sequence[Experiment]) -> Dashboard:
    """The dashboard that answers one experiment's question, by one run of it."""
    colours = variant_colours(experiments)
    return page(
        uid=UID,
        title="Head to head",
        description="Which way to serve a request is faster, by how much, how surely, and why.",
        since="now-30m",
        refresh="10s",
        variables=[
            experiment_variable(experiments),
            run_variable(),
            hidden(variant_variable()),
            prometheus_variable(),
            postgres_variable(),
        ],
        annotations=[run_events(), variant_switches()],
        sections=[
            Section(
                title="The answer",
                panels=[
                    answer.question(experiments),
                    answer.method(),
                    answer.verdict(),
                    answer.ratio(colours),
                    answer.queries_per_request(colours),
                    answer.cache_hit_ratio(colours),
                    answer.numbers(),
                ],
            ),
            Section(
                title="How it came about",
                panels=[
                    course.ratio_so_far(experiments, colours),
                    course.throughput(colours),
                    course.response_times(colours),
                    course.pairs(colours),
                    course.response_time_heat(),
                ],
            ),
            Section(
                title="What causes it",
                panels=[
                    course.queries_per_request(colours),
                    course.database_time(colours),
                    course.cache_hit_ratio(colours),
                ],
            ),
            Section(title="How far to trust it", panels=[answer.caveats(), runs.conditions()]),
        ],
    )


def run_variable() -> dashboard.QueryVariable:
    """Which of the runs that measured the experiment is shown, the newest unless chosen."""
    return rows_variable(
        "run",
        label="Run",
        description="The run whose result is shown; only published runs can be chosen.",
        sql="""\
SELECT run_id AS __value, to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') AS __text
FROM headtohead.results JOIN headtohead.runs USING (run_id)
WHERE experiment = ${experiment:sqlstring}
ORDER BY started_at DESC""",
    )


def variant_variable() -> dashboard.QueryVariable:
    """The variants that were sent requests."""
    return labels_variable(
        "variant",
        label="Variant",
        description="The ways to serve the request.",
        query=f"label_values(headtohead_generator_requests_total{{{course.MEASURED}}}, variant)",
    )


def run_events() -> dashboard.AnnotationQuery:
    """Where a measurement began and ended, and where its verdict stood."""
    return _events("Run", colour=OPEN, events="start|end|verdict").enable(True).hide(True)


def variant_switches() -> dashboard.AnnotationQuery:
    """Where users were switched to another variant: many, so shown only when asked for."""
    return _events("Switches of variant", colour=NEUTRAL, events="switch").enable(False)


def _events(name: str, *, colour: str, events: str) -> dashboard.AnnotationQuery:
    labels = f'{course.MEASURED},event=~"{events}"'
    return (
        dashboard.AnnotationQuery()
        .name(name)
        .datasource(PROMETHEUS)
        .icon_color(colour)
        # Grafana counts milliseconds.
        .target(promql(f"headtohead_run_event_timestamp_seconds{{{labels}}} * 1000", legend=""))
        .title_format("{{event}} {{variant}}")
        .text_format("{{experiment}}, run {{run_id}}")
        .use_value_for_time(True)
    )
