"""What all dashboards share: how they are laid out, what is chosen from, how they are linked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    AnnotationQuery,
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    Panel,
    VariableHide,
    VariableModel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from dashboards.queries import POSTGRES, PROMETHEUS
from headtohead.experiment import Experiment

# Every dashboard carries it, and links to all that do.
TAG = "headtohead"


@dataclass(frozen=True, kw_only=True)
class Section:
    """Panels under one heading, from left to right and then down; 24 columns make a line."""

    title: str
    panels: Sequence[Builder[Panel]]


def page(
    *,
    uid: str,
    title: str,
    description: str,
    since: str,
    refresh: str,
    variables: Iterable[Builder[VariableModel]],
    sections: Iterable[Section],
    annotations: Iterable[Builder[AnnotationQuery]] = (),
) -> Dashboard:
    """A whole dashboard, which nobody edits in place.

    Args:
        uid: Its address, and the name of its file.
        title: What it is called.
        description: What it answers.
        since: Where the time that it shows begins unless the viewer says so, such as `now-1h`.
        refresh: How often it is drawn again, such as `10s`; empty for never.
        variables: What the viewer chooses.
        sections: What it shows, from top to bottom.
        annotations: Events to mark on every panel over time.
    """
    drawn = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .time(since, "now")
        .refresh(refresh)
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .variables(list(variables))
        .annotations(list(annotations))
        .link(
            dashboard.DashboardLink("Dashboards")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(False)
            .keep_time(True)
            .include_vars(True)
        )
    )
    for section in sections:
        drawn.with_row(dashboard.Row(section.title))
        for panel in section.panels:
            drawn.with_panel(panel)
    made = drawn.build()
    for number, placed in enumerate(made.panels or [], start=1):
        placed.id_val = number
    return made


def prometheus_variable() -> dashboard.DatasourceVariable:
    """Which Prometheus is asked."""
    return (
        dashboard.DatasourceVariable("prometheus")
        .label("Prometheus")
        .description("The Prometheus that scrapes the API and the load generator.")
        .type("prometheus")
        .current(VariableOption(text="Prometheus", value="prometheus"))
    )


def postgres_variable() -> dashboard.DatasourceVariable:
    """Which PostgreSQL is asked."""
    return (
        dashboard.DatasourceVariable("postgres")
        .label("Results")
        .description("The PostgreSQL that `h2h publish` writes results to.")
        .type("grafana-postgresql-datasource")
        .current(VariableOption(text="PostgreSQL", value="postgres"))
    )


def experiment_variable(experiments: Sequence[Experiment]) -> dashboard.CustomVariable:
    """Which of the declared experiments is shown."""
    names = [experiment.name for experiment in experiments]
    return (
        dashboard.CustomVariable("experiment")
        .label("Experiment")
        .description("The question that is asked.")
        .values(",".join(names))
        .options([_option(name, selected=name == names[0]) for name in names])
        .current(_option(names[0], selected=True))
    )


def choice_variable(
    name: str, *, label: str, description: str, values: Sequence[str]
) -> dashboard.CustomVariable:
    """One of a few values, the first unless the viewer says otherwise."""
    return (
        dashboard.CustomVariable(name)
        .label(label)
        .description(description)
        .values(",".join(values))
        .options([_option(value, selected=value == values[0]) for value in values])
        .current(_option(values[0], selected=True))
    )


def labels_variable(
    name: str, *, label: str, description: str, query: str
) -> dashboard.QueryVariable:
    """Any number of values of a label that Prometheus knows, all of them unless chosen."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .description(description)
        .datasource(PROMETHEUS)
        .query(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .current(VariableOption(text="All", value="$__all", selected=True))
    )


def hidden(variable: dashboard.QueryVariable) -> dashboard.QueryVariable:
    """A variable that panels repeat for and nobody chooses."""
    return variable.hide(VariableHide.HIDE_VARIABLE)


def rows_variable(name: str, *, label: str, description: str, sql: str) -> dashboard.QueryVariable:
    """One value that PostgreSQL knows, the first that the query finds unless chosen."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .description(description)
        .datasource(POSTGRES)
        .query(sql)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.DISABLED)
    )


def _option(value: str, *, selected: bool) -> VariableOption:
    return VariableOption(text=value, value=value, selected=selected)
