"""What `h2h init` found, for whoever gave the command."""

from collections.abc import Iterator
from dataclasses import dataclass

from headtohead.init.facts import Fact, Standing
from headtohead.init.survey import Survey
from headtohead.report.document import (
    Brief,
    BriefPart,
    Cell,
    Column,
    Kind,
    Lines,
    Note,
    Table,
    Tone,
    Words,
)

_TONES = {Standing.MISSING: Tone.ALERT, Standing.ADDED: Tone.STRONG}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The configuration that came of it.

    Attributes:
        text: Its lines.
        file: Name of the file that has it, or would have.
        written: Whether it was written.
        there_already: Whether the project had one before.
    """

    text: str
    file: str
    written: bool
    there_already: bool


def brief(found: Survey, configuration: Configuration) -> Brief:
    """A table of all facts, then what to add, and what to do next."""
    return Brief(title="headtohead init", parts=tuple(_parts(found, configuration)))


def _parts(found: Survey, configuration: Configuration) -> Iterator[BriefPart]:
    columns = (
        Column("What", Kind.NAME),
        Column("Found", Kind.WORDS),
        Column("How it is known", Kind.WORDS),
    )
    yield Table(columns=columns, rows=tuple(map(_row, found.facts)))
    for fact in found.facts:
        if fact.line_to_add:
            yield _note(fact, added=configuration.written)
    if configuration.written:
        yield Words(f"Wrote the configuration into {configuration.file}; commit it.")
    elif not configuration.there_already:
        yield Words(f"{configuration.file} would get:")
        yield Lines(configuration.text.splitlines())
    else:
        yield Words(f"{configuration.file} has a configuration, which stays as it is.")
    ready = found.ready(added=configuration.written)
    if ready and not found.has_base:
        yield Words("It comes up: h2h compare works once there are two revisions.", Tone.STRONG)
    elif ready:
        asking = f" --path {_quoted(found.path)}" if found.named else ""
        yield Words(f"This works: h2h compare{asking}", Tone.STRONG)
    else:
        yield Words(
            "h2h compare does not work yet: add what is missing, then give h2h init again.",
            Tone.ALERT,
        )


def _row(fact: Fact) -> tuple[Cell, ...]:
    tone = _TONES.get(fact.standing, Tone.PLAIN)
    return (Cell(fact.subject, tone), Cell(fact.found, tone), Cell(fact.known_by))


def _note(fact: Fact, *, added: bool) -> Note:
    lacking = fact.standing is Standing.MISSING or (fact.standing is Standing.ADDED and not added)
    active = added and fact.standing in {Standing.OFFERED, Standing.ADDED}
    label = "Missing" if lacking else "Added" if active else "To add"
    return Note(
        label=label,
        alarming=lacking,
        subject=fact.subject,
        text=fact.found,
        advice=fact.line_to_add,
    )


def _quoted(path: str) -> str:
    return f'"{path}"' if set(path) & set("?&;*() ") else path
