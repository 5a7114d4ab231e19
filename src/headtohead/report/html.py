"""The report as one self-contained HTML file: no script, no outside address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from headtohead.records.explained import Explained
from headtohead.records.run import Run
from headtohead.report import explanation, sentences
from headtohead.report import numbers as formats
from headtohead.report.charts.axis import Axis
from headtohead.report.charts.distribution_plot import distribution_plot, latency_axis
from headtohead.report.charts.interval_plot import effect_axis, effect_row, effect_scale
from headtohead.report.charts.step_chart import step_plot
from headtohead.report.charts.svg import swatch
from headtohead.report.findings import Finding, findings, several_metrics
from headtohead.report.open_model import OPEN_HEADERS, open_load, open_rows
from headtohead.report.throughput import STEP_HEADERS, knees, step_rows

_environment = Environment(
    loader=PackageLoader("headtohead.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals |= {
    "NO_VALUE": formats.NO_VALUE,
    "OPEN_HEADERS": OPEN_HEADERS,
    "STEP_HEADERS": STEP_HEADERS,
    "context": sentences,
    "distribution_plot": distribution_plot,
    "effect_row": effect_row,
    "effect_scale": effect_scale,
    "explanation": explanation,
    "knees": knees,
    "latency_axis": latency_axis,
    "open_load": open_load,
    "open_rows": open_rows,
    "step_plot": step_plot,
    "step_rows": step_rows,
    "swatch": swatch,
}
_environment.filters |= {
    name: getattr(formats, name)
    for name in (
        "bounds",
        "count",
        "interval",
        "load",
        "milliseconds",
        "per_second",
        "percent",
        "points",
        "quantity",
        "ratio",
        "size",
        "times",
    )
}


@dataclass(frozen=True, kw_only=True)
class Effects:
    """Findings that share an axis, because the same side of it is the faster one.

    Attributes:
        faster: Where variants are faster: left or right.
        findings: Those whose ratio may be shown.
        axis: Their axis.
    """

    faster: str
    findings: tuple[Finding, ...]
    axis: Axis


def render(run: Run, *, explained: Explained | None = None) -> str:
    """The whole page.

    Args:
        run: What was measured.
        explained: What explains it, if anything does.
    """
    found = findings(run)
    return _environment.get_template("report.html.j2").render(
        run=run,
        explained=explained,
        findings=found,
        several_metrics=several_metrics(found),
        effects=tuple(_effects(found)),
    )


def _effects(found: Sequence[Finding]) -> Iterator[Effects]:
    for faster, more in (("right", True), ("left", False)):
        side = tuple(
            finding for finding in found if finding.usable and finding.metric.more_is_faster is more
        )
        if side:
            axis = effect_axis(finding.comparison for finding in side)
            yield Effects(faster=faster, findings=side, axis=axis)
