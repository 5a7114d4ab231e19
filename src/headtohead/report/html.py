"""The report as one self-contained HTML file: no script, no outside address."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from headtohead.measurement import Run
from headtohead.report import context
from headtohead.report import format as formats
from headtohead.report.charts.distribution_plot import distribution_plot, latency_axis
from headtohead.report.charts.interval_plot import effect_axis, effect_row, effect_scale
from headtohead.report.charts.svg import swatch
from headtohead.report.findings import findings

_environment = Environment(
    loader=PackageLoader("headtohead.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals |= {
    "NO_VALUE": formats.NO_VALUE,
    "context": context,
    "distribution_plot": distribution_plot,
    "effect_row": effect_row,
    "effect_scale": effect_scale,
    "latency_axis": latency_axis,
    "swatch": swatch,
}
_environment.filters |= {
    name: getattr(formats, name)
    for name in ("count", "interval", "milliseconds", "percent", "quantity", "ratio", "size")
}


def render(run: Run) -> str:
    """The whole page."""
    found = findings(run)
    return _environment.get_template("report.html.j2").render(
        run=run,
        findings=found,
        axis=effect_axis(finding.comparison for finding in found if finding.usable),
    )
