"""The configuration that a project gets: what has to be said, and as comments what is found."""

import os
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from headtohead.config import TABLE
from headtohead.config_loading import OWN_FILE
from headtohead.host.files import whole
from headtohead.init.facts import Fact, Standing

_PYPROJECT = "pyproject.toml"
_HEADER = ("# h2h finds what is a comment here by itself; a line counts once its first # is gone.",)


def configuration(facts: Sequence[Fact]) -> str:
    """The settings as TOML, below no table: lines that are needed, and comments.

    Args:
        facts: What was found out.
    """
    return "".join(f"{line}\n" for line in (*_HEADER, *_lines(facts)))


def _lines(facts: Sequence[Fact]) -> Iterator[str]:
    for fact in facts:
        if not fact.lines:
            continue
        if fact.standing is Standing.FOUND:
            yield f"# {fact.lines[0]}   # found: {_one_line(fact.known_by)}"
        elif fact.standing in {Standing.OFFERED, Standing.ADDED}:
            yield f"{fact.lines[0]}   # {_one_line(fact.known_by)}"
        else:
            yield f"# {fact.subject}: {_one_line(fact.found)}"
            yield from (f"# {line}" for line in fact.lines)


def _one_line(text: str) -> str:
    """A text that may stand in a comment, where TOML has no control characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def with_table(before: str, settings: str) -> str | None:
    """A pyproject.toml with a table more at its end; None where that would not be TOML.

    Args:
        before: What it says.
        settings: The lines of the table.
    """
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = newline if before.endswith("\n") or not before else newline * 2
    table = f"{TABLE}\n{settings}"
    after = before + gap * bool(before) + newline.join(table.split("\n"))
    try:
        tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return None
    return after


def configured_in(root: Path) -> str:
    """Name of the file that has a configuration already; empty for none.

    Args:
        root: The project's folder.
    """
    if "headtohead" in _tables(root):
        return _PYPROJECT
    return OWN_FILE if (root / OWN_FILE).is_file() else ""


def place_for(root: Path, *, settings: str) -> tuple[str, str]:
    """Name of the file that is to have the configuration, and all that it then says.

    Args:
        root: The project's folder, which has no configuration.
        settings: The lines of the configuration.
    """
    pyproject = root / _PYPROJECT
    if pyproject.is_file():
        after = with_table(pyproject.read_bytes().decode(), settings)
        if after is not None:
            return _PYPROJECT, after
    return OWN_FILE, settings


def write_configuration(text: str, path: Path) -> None:
    """Write a file so that a reader sees all of it or what was there before, with its rights."""
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with whole(path) as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(text.encode())


def _tables(root: Path) -> dict[str, object]:
    """The tables of tools that a project's pyproject.toml has."""
    path = root / _PYPROJECT
    if not path.is_file():
        return {}
    tools: dict[str, object] = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    return tools
