"""A history's file: lines are added and never changed, and a damaged one loses only itself."""

import fcntl
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from headtohead.errors import RecordError
from headtohead.history.entry import BEGINNING, Entry, decode, encode


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A line that cannot be used.

    Attributes:
        line: Its number; the first is 1.
        problem: What is wrong with it.
    """

    line: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class History:
    """What a file holds.

    Attributes:
        entries: In the file's order, each measurement once.
        damaged: Lines that are no entries.
    """

    entries: tuple[Entry, ...]
    damaged: tuple[Damage, ...]


def read_history(path: Path) -> History:
    """Read a file, as far as it can be read.

    Raises:
        RecordError: There is none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecordError(
            f"no history at {path} ({error.strerror})",
            fix="`h2h compare ANCHOR COMMIT`, then `h2h history add` begins one",
        ) from error
    return _history(content)


def append(entries: Iterable[Entry], path: Path) -> tuple[Entry, ...]:
    """Add entries to a file, which is made where there is none.

    Returns:
        Those that it did not hold before.

    Raises:
        RecordError: The file cannot be written, or is none that h2h wrote.
    """
    try:
        with path.open("ab+", buffering=0) as file:
            # Two commands at once would each add what the other does.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read() or b""
            if not _may_be_history(content):
                raise RecordError(f"{path} is no history", fix="name another file with --file")
            held = {each.identity for each in _history(content).entries}
            new = tuple(each for each in entries if each.identity not in held)
            # What was cut off stays a line of its own, so that only that one is lost.
            start = b"" if not content or content.endswith(b"\n") else b"\n"
            if new:
                file.write(start + b"".join(map(encode, new)))
                os.fsync(file.fileno())
    except OSError as error:
        raise RecordError(
            f"{path} cannot be written ({error.strerror})", fix="name a file with --file"
        ) from error
    return new


def _may_be_history(content: bytes) -> bool:
    """Whether a line begins as those of a history do, however it goes on; or there is none."""
    lines = [line for line in content.split(b"\n") if line.strip()]
    return not lines or any(
        line.startswith(BEGINNING) or BEGINNING.startswith(line) for line in lines
    )


def _history(content: bytes) -> History:
    entries: dict[tuple[str, str, str], Entry] = {}
    damaged = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = decode(line)
        except ValueError as error:
            damaged.append(Damage(line=number, problem=str(error)))
        else:
            entries.setdefault(entry.identity, entry)
    return History(entries=tuple(entries.values()), damaged=tuple(damaged))
