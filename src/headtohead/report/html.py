"""A page as one self-contained HTML file: no script, no outside address."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from headtohead.report.charts.svg import swatch
from headtohead.report.document import Code, Page

_environment = Environment(
    loader=PackageLoader("headtohead.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["swatch"] = swatch
_environment.filters["kind"] = lambda part: type(part).__name__
_environment.tests["code"] = lambda text: isinstance(text, Code)


def render(page: Page) -> str:
    """The whole file."""
    return _environment.get_template("page.html.j2").render(page=page)
