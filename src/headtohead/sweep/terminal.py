"""A sweep on a terminal."""

from rich.console import Console
from rich.text import Text

from headtohead.report.sentences import environment_line
from headtohead.report.terminal import print_caveat, print_cells
from headtohead.sweep.record import Sweep
from headtohead.sweep.words import (
    GROWTH_HEADERS,
    HOW_TO_READ,
    SIZE_HEADERS,
    growth_rows,
    in_words,
    notes,
    plan_changes,
    size_rows,
)


def render(sweep: Sweep, *, console: Console) -> None:
    """Print the verdicts, what they rest on, caveats with advice, and how to read it."""
    console.print(Text(f"{sweep.experiment}: {sweep.question}", style="bold"))
    for growth in sweep.growth:
        console.print(Text(f"  {in_words(sweep, growth)}"))
    console.print()
    for title, headers, rows in (
        ("Median latency as a power of the rows", GROWTH_HEADERS, growth_rows(sweep)),
        ("At every size", SIZE_HEADERS, size_rows(sweep)),
    ):
        print_cells(title, headers=headers, rows=rows, console=console)
    for line in plan_changes(sweep):
        console.print(Text(line))
    for size in sweep.sizes:
        for caveat in size.result.caveats:
            print_caveat(f"{size.rows:,} rows", caveat, console)
    for line in (*notes(sweep), HOW_TO_READ, environment_line(sweep)):
        console.print(Text(line))
