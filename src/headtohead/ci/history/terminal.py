"""A history on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from headtohead.ci.history.series import Series, step_sentence, title
from headtohead.ci.history.words import (
    ENTRY_HEADERS,
    SERIES_HEADERS,
    entry_rows,
    series_row,
    summary,
)
from headtohead.report.terminal import print_cells


def show(series: Sequence[Series], *, console: Console) -> None:
    """Print every endpoint in a line."""
    print_cells(
        "Time of the newest commit over that of the anchor",
        headers=SERIES_HEADERS,
        rows=map(series_row, series),
        console=console,
    )


def show_entries(series: Sequence[Series], *, console: Console) -> None:
    """Print every measurement of the series in a line, and what changed."""
    for each in series:
        print_cells(title(each), headers=ENTRY_HEADERS, rows=entry_rows(each), console=console)
    show_changes(series, console=console)


def show_changes(series: Sequence[Series], *, console: Console) -> None:
    """Print every change point as a sentence, and how many there are."""
    for each in series:
        for step in each.steps:
            console.print(Text(step_sentence(each, step)))
    console.print(Text(summary(series)))
