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
from headtohead.host.text_streams import shown
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
# SIMPLE_HEAD for those who have no line to draw; rich would draw a whole frame.
_RULE = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_NARROWEST_WORDS = 28
_INDENT = 2


def render(brief: Brief, *, console: Console) -> None:
    """Print its parts; whoever asked for it knows its title."""
    for part in brief.parts:
        match part:
            case Words():
                style = _TONES.get(part.tone, "")
                console.print(plain("".join(part.pieces), console=console, style=style))
            case Items():
                lines = Text("\n").join(plain(each.text, console=console) for each in part.items)
                console.print(Padding(lines, (0, 0, 1, _INDENT), expand=False))
            case Note():
                _print_note(part, console)
            case Table():
                _print_table(part, console)
            case Lines():
                for line in part.lines:
                    # A statement is copied as a whole.
                    console.print(plain(line, console=console), soft_wrap=True)
            case _:
                assert_never(part)


def plain(text: str, *, console: Console, style: str = "") -> Text:
    """Text that reaches the terminal as it is, on a line: no markup, no control character."""
    return Text(shown(text.replace("\n", " "), encoding=console.encoding), style=style)


def _print_note(note: Note, console: Console) -> None:
    style = _VERDICTS[Verdict.INVALID] if note.alarming else "bold"
    label = (note.label.lower(), style)
    console.print(Text.assemble(label, " ", plain(note.told, console=console)))
    if note.advice:
        advice = plain(note.advice, console=console)
        console.print(Padding(advice, (0, 0, 0, _INDENT), expand=False))
    console.print()


def _print_table(table: Table, console: Console) -> None:
    if table.title:
        console.print(plain(table.title, console=console, style="bold"))
    grid = _grid(table, console)
    indent = _INDENT if table.title else 0
    if _least_width(grid, console) + indent > console.width:
        for row in table.rows:
            _print_block(table.columns, row, console)
    elif table.title:
        console.print(Padding(grid, (0, 0, 1, indent), expand=False))
    else:
        console.print(grid)


def _grid(table: Table, console: Console) -> Grid:
    if table.title:
        grid = Grid(box=None, padding=(0, 2, 0, 0))
    else:
        grid = Grid(box=_RULE if console.options.ascii_only else box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(table.columns):
        header = shown(column.header.lower(), encoding=console.encoding)
        if column.kind is Kind.WORDS:
            grid.add_column(header, min_width=_NARROWEST_WORDS, overflow="fold")
        else:
            texts = (header, *(row[number].text for row in table.rows))
            width = max(plain(each, console=console).cell_len for each in texts)
            justify: JustifyMethod = "right" if column.kind is Kind.NUMBER else "left"
            grid.add_column(header, no_wrap=True, min_width=width, justify=justify)
    for row in table.rows:
        grid.add_row(*(_cell(each, console) for each in row))
    return grid


def _least_width(grid: Grid, console: Console) -> int:
    unbounded = console.options.update(max_width=sys.maxsize)
    return Measurement.get(console, unbounded, grid).minimum


def _print_block(columns: Sequence[Column], row: Sequence[Cell], console: Console) -> None:
    cells = tuple(zip(columns, row, strict=True))
    names = [cell.text for column, cell in cells if column.kind is Kind.NAME]
    console.print(plain(", ".join(names), console=console, style="bold"))
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for column, cell in cells:
        if column.kind is not Kind.NAME and cell.text:
            detail = f" ({column.detail})" if column.detail and cell.text != NO_VALUE else ""
            title = shown(column.title.lower(), encoding=console.encoding)
            grid.add_row(title, _cell(cell, console) + plain(detail, console=console))
    console.print(Padding(grid, (0, 0, 1, _INDENT), expand=False))


def _cell(cell: Cell, console: Console) -> Text:
    if cell.verdict:
        # Assembled, so that the style ends with the word and does not fill the cell.
        return Text.assemble((cell.text, _VERDICTS[cell.verdict]))
    return plain(cell.text, console=console, style=_TONES.get(cell.tone, ""))
