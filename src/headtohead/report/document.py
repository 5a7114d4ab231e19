"""What reports are made of, whichever way they are rendered.

A command tells what it found as a `Brief`, for a terminal or a comment on a pull request, and some
as a `Page` too, which has room for pictures and for whatever is behind the answer. `terminal` and
`markdown` render any brief, `html` any page: a new format is one more function, and all have it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from markupsafe import Markup

from headtohead.analysis.results import Verdict
from headtohead.records.results import Caveat


class Tone(StrEnum):
    """How loud a text is."""

    PLAIN = "plain"
    QUIET = "meta"
    STRONG = "strong"
    CAVEAT = "caveat"
    ALERT = "alert"


class Code(str):
    """A part of a text that a computer reads: a path, SQL."""

    __slots__ = ()


@dataclass(frozen=True)
class Words:
    """A paragraph.

    Attributes:
        text: What it says, or its pieces, of which `Code` is set apart where that can be seen.
        tone: How loud it is.
    """

    text: str | tuple[str, ...]
    tone: Tone = Tone.PLAIN

    @property
    def pieces(self) -> tuple[str, ...]:
        """Its pieces, one after the other."""
        return (self.text,) if isinstance(self.text, str) else self.text


@dataclass(frozen=True)
class Cell:
    """What stands in a row and a column.

    Attributes:
        verdict: The verdict that it tells, if it does.
        series: Position of the variant that it names, whose symbol charts have.
        below: What stands below it where there is room, such as an interval.
    """

    text: str
    tone: Tone = Tone.PLAIN
    verdict: Verdict | None = None
    series: int | None = None
    below: str = ""


class Kind(StrEnum):
    """What a column holds."""

    NAME = "name"
    WORD = "word"
    NUMBER = "number"
    WORDS = "words"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        title: What it holds.
        kind: How: names tell rows apart, `WORDS` may need several lines.
        detail: What its numbers are, or what they are of.
    """

    title: str
    kind: Kind = Kind.NUMBER
    detail: str = ""

    @property
    def header(self) -> str:
        """What stands above it, on one line."""
        return f"{self.title} [{self.detail}]" if self.detail else self.title


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells, one below each column; without a title where it is plain what it shows."""

    title: str = ""
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that the reader has to know or to do.

    Attributes:
        label: What kind of note it is, in a word.
        alarming: Whether something is wrong.
        subject: What it is about; empty where that is plain.
        text: What was seen.
        advice: What to do about it.
    """

    label: str
    alarming: bool
    subject: str = ""
    text: str
    advice: str

    @property
    def told(self) -> str:
        """What was seen, and of what."""
        return f"{self.subject}: {self.text}" if self.subject else self.text


@dataclass(frozen=True)
class Item:
    """A line of a list or a legend.

    Attributes:
        series: Position of the variant that it tells of, if any.
        verdict: The verdict that it tells, if any.
    """

    text: str
    series: int | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Items:
    """Lines of a list."""

    items: Sequence[Item]


@dataclass(frozen=True)
class Steps:
    """A numbered list."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Terms, which may be verdicts, each with what is to be said of it."""

    facts: Sequence[tuple[str | Sequence[Verdict], str]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A picture: SVG, or HTML that has it, with what it shows and whose its symbols are."""

    caption: str
    legend: Sequence[Item] = ()
    picture: Markup
    css_class: str = ""


@dataclass(frozen=True)
class Tree:
    """A text with others below it."""

    text: str
    children: Sequence["Tree"] = ()


@dataclass(frozen=True)
class Lines:
    """Lines whose spaces count."""

    lines: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Section:
    """Parts that belong together, below a heading if there is a title.

    A key is unique within its page; it is made up where there is none.
    """

    title: str = ""
    key: str = ""
    parts: Sequence["PagePart"]
    css_class: str = ""


@dataclass(frozen=True, kw_only=True)
class Fold:
    """Parts of a variant, of which name and text alone are seen until it is opened."""

    name: str
    text: str
    series: int
    parts: Sequence["PagePart"]


@dataclass(frozen=True)
class Folds:
    """Folds side by side where there is room, to be compared."""

    folds: Sequence[Fold]


BriefPart = Words | Items | Table | Note | Lines
PagePart = BriefPart | Steps | Facts | Figure | Tree | Section | Folds


@dataclass(frozen=True, kw_only=True)
class Brief:
    """A report for a terminal, where its title is known, or for a comment, where it is not."""

    title: str
    parts: Sequence[BriefPart]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A report with room for everything.

    Attributes:
        title: What it reports.
        run_id: Of which run, if it is of one.
        started_at: When that began.
        meta: What else identifies it, on one line.
        warnings: What is to be known before anything is read.
        sections: What it holds.
    """

    title: str
    run_id: str = ""
    started_at: datetime | None = None
    meta: str
    warnings: Sequence[str] = ()
    sections: Sequence[Section]


def caveat_note(caveat: Caveat, *, subject: str = "") -> Note:
    """A caveat with its advice.

    Args:
        caveat: The caveat.
        subject: What it holds for; empty where that is plain.
    """
    return Note(
        label="Invalid" if caveat.invalidates else "Caveat",
        alarming=caveat.invalidates,
        subject=subject,
        text=caveat.message,
        advice=caveat.advice,
    )


def table(
    title: str,
    *,
    headers: Sequence[str | Column],
    rows: Iterable[Sequence[str]],
    names: Sequence[str] = (),
    words: Sequence[str] = (),
) -> Table:
    """A table of cells that are nothing but text.

    Args:
        title: What it shows.
        headers: Its columns, by title where they hold numbers or are among those that follow.
        rows: Its rows.
        names: Headers of columns that tell rows apart.
        words: Headers of other columns that hold no numbers.
    """

    def column(header: str | Column) -> Column:
        if isinstance(header, Column):
            return header
        kind = Kind.NAME if header in names else Kind.WORD if header in words else Kind.NUMBER
        return Column(header, kind)

    return Table(
        title=title,
        columns=tuple(map(column, headers)),
        rows=tuple(tuple(map(Cell, row)) for row in rows),
    )
