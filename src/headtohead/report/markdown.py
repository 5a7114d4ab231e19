"""A brief as GitHub-flavoured Markdown, short enough for a comment on a pull request."""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from headtohead.report.document import (
    Brief,
    BriefPart,
    Cell,
    Items,
    Lines,
    Note,
    Table,
    Tone,
    Words,
)

_LOUD = {Tone.STRONG, Tone.ALERT}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#@&$!])")


def render(brief: Brief) -> str:
    """All of it below its title."""
    lines = [f"### {escape(brief.title)}"]
    before: BriefPart | None = None
    for part in brief.parts:
        # Notes make one list.
        if not (isinstance(part, Note) and isinstance(before, Note)):
            lines.append("")
        lines += _lines(part)
        before = part
    return "\n".join(lines) + "\n"


def _lines(part: BriefPart) -> Iterator[str]:
    match part:
        case Words():
            text = escape("".join(part.pieces))
            yield f"**{text}**" if part.tone in _LOUD else text
        case Items():
            for item in part.items:
                yield f"- {escape(item.text)}"
        case Note():
            told = " ".join(filter(None, (escape(part.told), escape(part.advice))))
            yield f"- **{part.label}**, {told}"
        case Table():
            yield from table(part)
        case Lines():
            yield from ("```", *part.lines, "```")
        case _:
            assert_never(part)


def table(found: Table) -> Iterator[str]:
    """The lines of a table, below its title if it has one."""
    if found.title:
        yield from (escape(found.title), "")
    yield _row([column.header for column in found.columns])
    yield _row(["---"] * len(found.columns))
    for cells in found.rows:
        yield _row([_cell(cell) for cell in cells])


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    return f"**{text}**" if cell.verdict or cell.tone in _LOUD else text


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
