"""API: how much it is asked, how often it fails, how long it takes, and what it has left."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard, stat, table, timeseries
from grafana_foundation_sdk.models.common import TableSparklineCellOptions
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)

from dashboards import runs, tasks
from dashboards.colours import BAD, BASELINE, NEUTRAL, PALETTE
from dashboards.page import Section, labels_variable, page, postgres_variable, prometheus_variable
from dashboards.panels import (
    colour_property,
    dashed,
    glance_panel,
    series_panel,
    table_panel,
    unit_property,
    wide,
)
from dashboards.queries import promql
from headtohead.experiment import Experiment

UID = "api"

# The error ratio that is drawn in red: what displays as more than nothing.
NOTICED = 0.0001

# A request that matched no address has no route.
ROUTES = 'route=~"$route",route!=""'


def api(_experiments: Sequence[Experiment]) -> Dashboard:
    """The dashboard of the API as those who run it see it."""
    return page(
        uid=UID,
        title="API",
        description="Rate, errors and duration of every endpoint, and how busy the workers are.",
        since="now-1h",
        refresh="30s",
        variables=[route_variable(), prometheus_variable(), postgres_variable()],
        annotations=[runs.published()],
        sections=[
            Section(
                title="At a glance",
                panels=[total_rate(), error_ratio(), slowest_twentieth(), in_progress()],
            ),
            Section(title="Every endpoint", panels=[endpoints()]),
            Section(
                title="Rate, errors, duration",
                panels=[
                    rate_by_endpoint(),
                    errors_by_endpoint(),
                    median_by_endpoint(),
                    p95_by_endpoint(),
                ],
            ),
            Section(title="Saturation", panels=[saturation(), answers()]),
            Section(title="Tasks", panels=[tasks.waiting(), tasks.duration(), tasks.ended()]),
        ],
    )


def route_variable() -> dashboard.QueryVariable:
    """Which endpoints are shown."""
    return labels_variable(
        "route",
        label="Endpoint",
        description="The address as Django's pattern; all unless chosen.",
        query='label_values(headtohead_request_duration_seconds_count{route!=""}, route)',
    )


def total_rate() -> stat.Panel:
    """How much the API is asked."""
    return glance_panel(
        title="Requests a second",
        description="Requests to the chosen endpoints, measured ones and others.",
        unit="reqps",
    ).with_target(promql(f"sum({_rate('duration_seconds_count')})", legend="requests"))


def error_ratio() -> stat.Panel:
    """How much of it fails."""
    failed, all_ = (f"sum({_rate(each)})" for each in ("errors_total", "duration_seconds_count"))
    return (
        glance_panel(
            title="Server errors",
            description="Requests that ended in a status of 500 or above, of all. Above zero: read "
            "the API's log; h2h status says where it is.",
            unit="percentunit",
        )
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(
            dashboard.ThresholdsConfig()
            .mode(ThresholdsMode.ABSOLUTE)
            .steps([Threshold(color=NEUTRAL), Threshold(value=NOTICED, color=BAD)])
        )
        .with_target(promql(f"{failed} / {all_}", legend="errors"))
    )


def slowest_twentieth() -> stat.Panel:
    """How long the slow ones take."""
    buckets = f"sum by (le) ({_rate('duration_seconds_bucket')})"
    return glance_panel(
        title="Slowest twentieth (p95)",
        description="Nineteen requests of twenty take less time than this in the application. "
        "The table below says which endpoint it comes from.",
        unit="s",
    ).with_target(promql(f"histogram_quantile(0.95, {buckets})", legend="p95"))


def in_progress() -> stat.Panel:
    """How much of the workers' time is taken."""
    return (
        glance_panel(
            title="Requests in progress",
            description="How many requests are answered at the same time, on average (Little's "
            "law). Near the number of workers times threads, requests queue: add workers (h2h up "
            "--api-workers) or make the slowest endpoint faster.",
            unit="none",
        )
        .decimals(2)
        .with_target(promql(f"sum({_rate('duration_seconds_sum')})", legend="in progress"))
    )


def endpoints() -> table.Panel:
    """Every endpoint with how it fared over the time that is shown."""
    columns = {
        "A": ("Requests/s", "reqps", _by_route("duration_seconds_count")),
        "B": ("Mean", "s", _per_request("duration_seconds_sum")),
        "C": ("p95", "s", _quantile(0.95)),
        "D": ("Errors", "percentunit", _per_request("errors_total")),
    }
    panel = table_panel(
        title="Endpoints",
        description="Each endpoint over the time that is shown, with the last value. A line that "
        "rises alone points at its endpoint; all rising together point at the database, or at too "
        "few workers.",
        unit="s",
    ).height(10)
    colours = (BASELINE, *PALETTE)
    for number, (ref, (name, unit, expression)) in enumerate(columns.items()):
        panel.with_target(promql(expression, legend="{{route}}", ref=ref))
        panel.override_by_name(
            f"Trend #{ref}",
            [
                _named(name),
                unit_property(unit),
                colour_property(colours[number]),
                DynamicConfigValue(
                    id_val="custom.cellOptions",
                    value=TableSparklineCellOptions(line_width=1, fill_opacity=15),
                ),
            ],
        )
    panel.override_by_name("route", [_named("Endpoint"), wide(330)])
    panel.with_transformation(DataTransformerConfig(id_val="timeSeriesTable", options={}))
    return panel.with_transformation(
        DataTransformerConfig(id_val="joinByField", options={"byField": "route", "mode": "outer"})
    )


def rate_by_endpoint() -> timeseries.Panel:
    """How much each endpoint is asked."""
    return series_panel(
        title="Rate by endpoint",
        description="Requests a second to each endpoint. What stops while its neighbours go on is "
        "no longer asked for, or no longer reached.",
        unit="reqps",
    ).with_target(promql(_by_route("duration_seconds_count"), legend="{{route}}"))


def errors_by_endpoint() -> timeseries.Panel:
    """How much of it fails, by endpoint."""
    return (
        series_panel(
            title="Errors by endpoint",
            description="Requests that ended in a status of 500 or above, of all to an endpoint. "
            "Above zero: the API's log has the traceback.",
            unit="percentunit",
        )
        .axis_soft_max(0.01)
        .with_target(promql(_per_request("errors_total"), legend="{{route}}"))
    )


def median_by_endpoint() -> timeseries.Panel:
    """How long the usual request takes."""
    return series_panel(
        title="Median by endpoint",
        description="Half of the requests take less time than this in the application, waiting for "
        "a worker left out; as coarse as the histogram's buckets.",
        unit="s",
    ).with_target(promql(_quantile(0.5), legend="{{route}}"))


def p95_by_endpoint() -> timeseries.Panel:
    """How long the slow ones take."""
    return series_panel(
        title="p95 by endpoint",
        description="Nineteen requests of twenty take less time than this in the application. Far "
        "above the median, some requests do more than others: look at queries and cache hits.",
        unit="s",
    ).with_target(promql(_quantile(0.95), legend="{{route}}"))


def saturation() -> timeseries.Panel:
    """How much of the workers' time is taken, and how much of that by the database."""
    in_database = "sum(rate(headtohead_database_seconds_total[$__rate_interval]))"
    return (
        series_panel(
            title="Requests in progress over time",
            description="How many requests are in the application at the same time on average "
            "(line), and how many of them wait for the database (dashes). Near the number of "
            "workers times threads, requests queue before they get there.",
            unit="none",
        )
        .decimals(2)
        .with_target(
            promql(
                "sum(rate(headtohead_request_duration_seconds_sum[$__rate_interval]))",
                legend="in progress",
                ref="A",
            )
        )
        .with_target(promql(in_database, legend="in the database", ref="B"))
        .override_by_name("in progress", [colour_property(PALETTE[0])])
        .override_by_name("in the database", [colour_property(PALETTE[1]), dashed(8)])
    )


def answers() -> timeseries.Panel:
    """How requests end: as they should, by a fault of the client's, or by one of the server's."""
    failed, refused, all_ = (
        f"sum({_rate(each)})"
        for each in ("errors_total", "client_errors_total", "duration_seconds_count")
    )
    return (
        series_panel(
            title="Answers by status",
            description="Responses a second by the class of their status: clients cause 4xx, the "
            "server 5xx.",
            unit="reqps",
        )
        .with_target(promql(f"{all_} - {refused} - {failed}", legend="below 400", ref="A"))
        .with_target(promql(refused, legend="4xx", ref="B"))
        .with_target(promql(failed, legend="5xx", ref="C"))
        .override_by_name("5xx", [colour_property(BAD)])
    )


def _rate(metric: str) -> str:
    return f"rate(headtohead_request_{metric}{{{ROUTES}}}[$__rate_interval])"


def _by_route(metric: str) -> str:
    return f"sum by (route) ({_rate(metric)})"


def _per_request(metric: str) -> str:
    # Nothing, rather than a number that is none, where nobody asks.
    return f"{_by_route(metric)} / {_by_route('duration_seconds_count')} >= 0"


def _quantile(quantile: float) -> str:
    buckets = f"sum by (le, route) ({_rate('duration_seconds_bucket')})"
    return f"histogram_quantile({quantile}, {buckets}) >= 0"


def _named(name: str) -> DynamicConfigValue:
    return DynamicConfigValue(id_val="displayName", value=name)
