"""A history as one self-contained HTML file: no script, no outside address."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from headtohead.history import words
from headtohead.history.plot import series_plot
from headtohead.history.series import Series

_environment = Environment(
    # Style and macros are those of every report.
    loader=ChoiceLoader([PackageLoader("headtohead.history"), PackageLoader("headtohead.report")]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals |= {"series_plot": series_plot, "words": words}


def render(series: Sequence[Series], *, damaged: Sequence[str]) -> str:
    """The whole page.

    Args:
        series: What the history holds.
        damaged: What is lost of it, in words.
    """
    template = _environment.get_template("history.html.j2")
    return template.render(series=series, damaged=damaged)


def is_page(path: Path) -> bool:
    """Whether a file is such a page."""
    return b"<title>headtohead history</title>" in path.read_bytes()
