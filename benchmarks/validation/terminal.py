"""A validation on a terminal."""

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from benchmarks.validation.record import Validation
from benchmarks.validation.tables import all_tables


def render(validation: Validation, *, console: Console) -> None:
    """Print every table, each below its title and explanation."""
    for table in all_tables(validation):
        console.print(Text(table.title, style="bold"))
        console.print(Text(table.explanation, style="dim"))
        shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
        for number, header in enumerate(table.headers):
            shown.add_column(header, no_wrap=number == 0)
        for row in table.rows:
            shown.add_row(*(Text(cell) for cell in row))
        console.print(shown)
