"""A sweep as one self-contained HTML file: no script, no outside address."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from headtohead.report import sentences
from headtohead.report.charts.svg import swatch
from headtohead.report.numbers import quantity
from headtohead.sweep import words
from headtohead.sweep.growth_chart import growth_plot
from headtohead.sweep.record import Sweep
from headtohead.sweep.words import statement_plans

PAGE_NAME = "sweep.html"

_environment = Environment(
    # Style and macros are those of every report.
    loader=ChoiceLoader([PackageLoader("headtohead.sweep"), PackageLoader("headtohead.report")]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals |= {
    "context": sentences,
    "growth_plot": growth_plot,
    "statement_plans": statement_plans,
    "swatch": swatch,
    "words": words,
}
_environment.filters["quantity"] = quantity


def render(sweep: Sweep) -> str:
    """The whole page."""
    return _environment.get_template("sweep.html.j2").render(sweep=sweep)
