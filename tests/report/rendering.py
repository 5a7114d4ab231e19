"""A run in every form of report."""

from headtohead.records.explained import Explained
from headtohead.records.run import Run
from headtohead.report import html, markdown, terminal
from headtohead.report.run_brief import brief
from headtohead.report.run_page import page
from tests.golden import printed


def in_html(run: Run, *, explained: Explained | None = None) -> str:
    return html.render(page(run, explained=explained))


def in_markdown(run: Run) -> str:
    return markdown.render(brief(run))


def in_terminal(run: Run, *, width: int, colour: bool = False) -> str:
    return printed(terminal.render, brief(run), width=width, colour=colour)
