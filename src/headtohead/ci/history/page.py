"""A history as one self-contained HTML file: no script, no outside address."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from headtohead.ci.history import words
from headtohead.ci.history.series import Series, step_sentence, title
from headtohead.ci.history.series_chart import series_plot

_environment = Environment(
    # Style and macros are those of every report.
    loader=ChoiceLoader(
        [PackageLoader("headtohead.ci.history"), PackageLoader("headtohead.report")]
    ),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals |= {
    "series_plot": series_plot,
    "words": words,
    "title": title,
    "step_sentence": step_sentence,
}


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
