"""Load generator: whether what was measured is the API, or the one who asked it."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import stat, timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards import course, head_to_head, runs
from dashboards.colours import PALETTE, variant_colours
from dashboards.page import (
    Section,
    experiment_variable,
    page,
    postgres_variable,
    prometheus_variable,
)
from dashboards.panels import (
    colour_property,
    coloured,
    dashed,
    glance_panel,
    on_the_right,
    series_panel,
    with_line,
)
from dashboards.queries import promql
from headtohead.experiment import Experiment

UID = "load-generator"
MEASURED = course.MEASURED
NO_CPU = "Not told in the open model: see loop lag"


def load_generator(experiments: Sequence[Experiment]) -> Dashboard:
    """The dashboard of the process that sends the requests."""
    colours = variant_colours(experiments)
    return page(
        uid=UID,
        title="Load generator",
        description="Whether the generator sent what was planned, and had time left to do so.",
        since="now-30m",
        refresh="10s",
        variables=[experiment_variable(experiments), prometheus_variable(), postgres_variable()],
        annotations=[head_to_head.run_events(), runs.published()],
        sections=[
            Section(title="At a glance", panels=[users(), sent(), cpu(), loop_lag()]),
            Section(title="Planned and real", panels=[rate(), lateness()]),
            Section(title="Client and server", panels=[both_times(colours), gap(colours)]),
            Section(title="The generator itself", panels=[own_health(), errors(colours)]),
        ],
    )


def users() -> stat.Panel:
    """How many users send requests."""
    return _stat(
        title="Users",
        description="Users who send requests at the same time; one in latency mode.",
        unit="none",
        expression=f"max(headtohead_generator_users{{{MEASURED}}})",
        largest=True,
    )


def sent() -> stat.Panel:
    """How much is sent."""
    return _stat(
        title="Requests a second",
        description="Requests that the generator sends for the chosen experiment.",
        unit="reqps",
        expression=f"sum(rate(headtohead_generator_requests_total{{{MEASURED}}}[$__rate_interval]))",
        largest=False,
    )


def cpu() -> stat.Panel:
    """How much of its core it uses."""
    return _stat(
        title="Generator's CPU",
        description="The part of one core that the generator uses. Near 100 % it measures itself, "
        "and the run is invalid: use fewer users, or workers on other hosts.",
        unit="percentunit",
        expression=f"max(headtohead_generator_cpu_ratio{{{MEASURED}}})",
        largest=True,
    ).no_value(NO_CPU)


def loop_lag() -> stat.Panel:
    """How late it wakes up."""
    return _stat(
        title="Loop lag",
        description="How late the generator's event loop wakes up. Compared with response times it "
        "must be small: what it adds, no server took.",
        unit="s",
        expression=f"max(headtohead_generator_loop_lag_seconds{{{MEASURED}}})",
        largest=True,
    )


def _stat(*, title: str, description: str, unit: str, expression: str, largest: bool) -> stat.Panel:
    return glance_panel(
        title=title, description=description, unit=unit, largest=largest
    ).with_target(promql(expression, legend=title))


def rate() -> timeseries.Panel:
    """What was planned to be sent, and what was."""
    real = f"sum(rate(headtohead_generator_requests_total{{{MEASURED}}}[$__rate_interval]))"
    return (
        series_panel(
            title="Planned and real rate",
            description="Requests a second that were due (dashes, in the open model alone) and "
            "that were sent. Where the real rate stays below the planned one, the numbers of the "
            "run are invalid: lower --rate, or find out what the generator waits for.",
            unit="reqps",
        )
        .with_target(promql(real, legend="sent", ref="A"))
        .with_target(
            promql(
                f"max(headtohead_generator_planned_rate{{{MEASURED}}})", legend="planned", ref="B"
            )
        )
        .with_target(
            promql(f"max(headtohead_generator_users{{{MEASURED}}})", legend="users", ref="C")
        )
        .override_by_name("sent", [colour_property(PALETTE[0])])
        .override_by_name("planned", [colour_property(PALETTE[1]), dashed(8)])
        .override_by_name("users", on_the_right(unit="none", label="users"))
    )


def lateness() -> timeseries.Panel:
    """By how much requests were sent late."""
    return (
        series_panel(
            title="Loop lag and lateness",
            description="How late the generator's loop wakes up, and in the open model by how much "
            "requests are sent later than due (dashes). Lateness without lag means that all users "
            "wait for the server; lag means that the generator itself is held up.",
            unit="s",
        )
        # A generator that is never late is drawn at the foot of some milliseconds, not of minutes.
        .axis_soft_max(0.01)
        .with_target(
            promql(
                f"max(headtohead_generator_loop_lag_seconds{{{MEASURED}}})",
                legend="loop lag",
                ref="A",
            )
        )
        .with_target(
            promql(f"max(headtohead_generator_late_seconds{{{MEASURED}}})", legend="late", ref="B")
        )
        .override_by_name("loop lag", [colour_property(PALETTE[0])])
        .override_by_name("late", [colour_property(PALETTE[1]), dashed(8)])
    )


def both_times(colours: Mapping[str, str]) -> timeseries.Panel:
    """What the client waits, beside what the server says that it took."""
    panel = (
        series_panel(
            title="Client and server time",
            description="Mean time of a request as the client sees it (line) and as the server "
            "counts it (dashes).",
            unit="s",
        )
        .with_target(promql(_client_time(), legend="{{variant}} client", ref="A"))
        .with_target(promql(_server_time(), legend="{{variant}} server", ref="B"))
        .override_by_regexp("/ server$/", [dashed(8)])
    )
    return coloured(panel, colours)


def gap(colours: Mapping[str, str]) -> timeseries.Panel:
    """What lies between the two."""
    panel = series_panel(
        title="Between client and server",
        description="Client time less server time: waiting for a worker, sockets, HTTP. It should "
        "be small, flat and the same for all variants. When it grows with the number of users, "
        "requests queue before the API: add workers before you blame the application. The server "
        "counts warm-up requests, too, so a gap may drown in them; it is never drawn below zero.",
        unit="s",
    ).with_target(
        promql(f"clamp_min({_client_time()} - {_server_time()}, 0)", legend="{{variant}}")
    )
    return coloured(panel, colours)


def own_health() -> timeseries.Panel:
    """Whether the generator is what limits the run."""
    return with_line(
        series_panel(
            title="Generator's CPU over time",
            description="The part of one core that the generator uses. From about 90 % on its own "
            "work shows in the times that it measures, and the run is invalid.",
            unit="percentunit",
        )
        .axis_soft_max(1)
        .no_value(NO_CPU)
        .with_target(
            promql(f"max(headtohead_generator_cpu_ratio{{{MEASURED}}})", legend="CPU of a core")
        )
        .override_by_name("CPU of a core", [colour_property(PALETTE[0])]),
        at=0.9,
    )


def errors(colours: Mapping[str, str]) -> timeseries.Panel:
    """Requests that failed."""
    panel = (
        series_panel(
            title="Failed requests",
            description="Measured requests that failed, a second. Any at all make the run invalid: "
            "h2h check shows what the API answers.",
            unit="reqps",
        )
        .axis_soft_max(1)
        .with_target(
            promql(
                "sum by (variant) "
                f"(rate(headtohead_generator_errors_total{{{MEASURED}}}[$__rate_interval]))",
                legend="{{variant}}",
            )
        )
    )
    return coloured(panel, colours)


def _client_time() -> str:
    return _mean("headtohead_generator_response_seconds")


def _server_time() -> str:
    return _mean("headtohead_request_duration_seconds")


def _mean(histogram: str) -> str:
    total, count = (
        f"sum by (variant) (rate({histogram}_{part}{{{MEASURED}}}[$__rate_interval]))"
        for part in ("sum", "count")
    )
    return f"{total} / {count}"
