"""A brief on a terminal: tables where they fit, else a block for each row."""

import sys
from collections.abc import Sequence
from typing import assert_never

from rich import box
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from headtohead.analysis.results import Verdict
from headtohead.report.document import (
    Brief,
    Cell,
    Column,
    Items,
    Kind,
    Lines,
    Note,
    Table,
    Tone,
    Words,
)
from headtohead.report.numbers import NO_VALUE

# Named colours of the terminal's own palette, those that are legible on white and on black.
_VERDICTS = {
    Verdict.FASTER: "bold green",
    Verdict.FASTER_SIZE_UNRESOLVED: "green",
    Verdict.SLOWER: "bold red",
    Verdict.SLOWER_SIZE_UNRESOLVED: "red",
    Verdict.NO_DIFFERENCE: "bold",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.INVALID: "bold red reverse",
}
_TONES = {Tone.STRONG: "bold", Tone.ALERT: "bold red"}
_NARROWEST_WORDS = 28
_INDENT = 2


def render(brief: Brief, *, console: Console) -> None:
    """Print its parts; whoever asked for it knows its title."""
    for part in brief.parts:
        match part:
            case Words():
                console.print(plain("".join(part.pieces), style=_TONES.get(part.tone, "")))
            case Items():
                lines = Text("\n").join(plain(item.text) for item in part.items)
                console.print(Padding(lines, (0, 0, 1, _INDENT), expand=False))
            case Note():
                _print_note(part, console)
            case Table():
                _print_table(part, console)
            case Lines():
                for line in part.lines:
                    # A statement is copied as a whole.
                    console.print(plain(line), soft_wrap=True)
            case _:
                assert_never(part)


def plain(text: str, *, style: str = "") -> Text:
    """Text that reaches the terminal as it is: no markup, and no control character of a server."""
    return Text("".join(c if c.isprintable() else " " for c in text), style=style)


def _print_note(note: Note, console: Console) -> None:
    style = _VERDICTS[Verdict.INVALID] if note.alarming else "bold"
    label = (note.label.lower(), style)
    console.print(Text.assemble(label, " ", plain(note.told)))
    if note.advice:
        console.print(Padding(plain(note.advice), (0, 0, 0, _INDENT), expand=False))
    console.print()


def _print_table(table: Table, console: Console) -> None:
    if table.title:
        console.print(plain(table.title, style="bold"))
    grid = _grid(table)
    indent = _INDENT if table.title else 0
    if _least_width(grid, console) + indent > console.width:
        for row in table.rows:
            _print_block(table.columns, row, console)
    elif table.title:
        console.print(Padding(grid, (0, 0, 1, indent), expand=False))
    else:
        console.print(grid)


def _grid(table: Table) -> Grid:
    if table.title:
        grid = Grid(box=None, padding=(0, 2, 0, 0))
    else:
        grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(table.columns):
        header = column.header.lower()
        if column.kind is Kind.WORDS:
            grid.add_column(header, min_width=_NARROWEST_WORDS)
        else:
            width = max(plain(each).cell_len for each in (header, *_texts(table, number)))
            justify: JustifyMethod = "right" if column.kind is Kind.NUMBER else "left"
            grid.add_column(header, no_wrap=True, min_width=width, justify=justify)
    for row in table.rows:
        grid.add_row(*map(_cell, row))
    return grid


def _texts(table: Table, number: int) -> list[str]:
    return [row[number].text for row in table.rows]


def _least_width(grid: Grid, console: Console) -> int:
    unbounded = console.options.update(max_width=sys.maxsize)
    return Measurement.get(console, unbounded, grid).minimum


def _print_block(columns: Sequence[Column], row: Sequence[Cell], console: Console) -> None:
    cells = tuple(zip(columns, row, strict=True))
    names = [cell.text for column, cell in cells if column.kind is Kind.NAME]
    console.print(plain(", ".join(names), style="bold"))
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    for column, cell in cells:
        if column.kind is not Kind.NAME and cell.text:
            detail = f" ({column.detail})" if column.detail and cell.text != NO_VALUE else ""
            grid.add_row(column.title.lower(), _cell(cell) + plain(detail))
    console.print(Padding(grid, (0, 0, 1, _INDENT), expand=False))


def _cell(cell: Cell) -> Text:
    if cell.verdict:
        # Assembled, so that the style ends with the word and does not fill the cell.
        return Text.assemble((cell.text, _VERDICTS[cell.verdict]))
    return plain(cell.text, style=_TONES.get(cell.tone, ""))
