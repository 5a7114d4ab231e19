"""A history's file: lines are added and never changed, and a damaged one loses only itself."""

import fcntl
import math
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path

import msgspec

from headtohead.analysis.results import Metric, Verdict
from headtohead.errors import RecordError
from headtohead.records.encoding import Bounds
from headtohead.records.encoding import decode as decode_json
from headtohead.records.encoding import encode as encode_json
from headtohead.records.plausibility import LARGEST_RATIO

SCHEMA_VERSION = 1
BEGINNING = b'{"schema":'
_CHECKSUM = b',"crc":"'


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """What was measured of one endpoint.

    Attributes:
        schema: Version of this layout.
        subject: The endpoint's name.
        metric: What was compared.
        anchor: Hash of the commit that every other is compared with.
        commit: Hash of this one.
        committed_at: When it was committed, to the second.
        ancestors: How many commits it is built on, itself counted, which orders those of one
            second; 0 in lines of versions that did not write it.
        ratio: This commit over the anchor, so that it does not depend on the machine's speed.
        ci95: The 95 % interval of `ratio`.
        margin: The smallest effect that matters, as a fraction.
        verdict: Against the anchor.
        run_id: The comparison's record.
        measured_at: When it began.
    """

    schema: int = SCHEMA_VERSION
    subject: str
    metric: Metric
    anchor: str
    commit: str
    committed_at: datetime
    ratio: float
    ci95: Bounds
    margin: float
    verdict: Verdict
    run_id: str
    measured_at: datetime
    ancestors: int = 0

    @property
    def identity(self) -> tuple[str, str, str]:
        """What no two measurements share: a merge may leave the same line twice."""
        return (self.run_id, self.subject, self.metric)


def encode(entry: HistoryEntry) -> bytes:
    """An entry as a line of JSON, whose last field is the CRC-32 of what stands before it."""
    fields = encode_json(entry)
    return fields[:-1] + _checksum(fields) + b"\n"


def decode(line: bytes) -> HistoryEntry:
    """The entry that a line holds.

    Raises:
        ValueError: It is damaged, or written by a newer version; the message says which.
    """
    text, _, end = line.strip().rpartition(_CHECKSUM)
    fields = text + b"}"
    if _CHECKSUM + end != _checksum(fields):
        conflict = line.startswith((b"<<<<<<<", b"=======", b">>>>>>>"))
        raise ValueError("a mark of an unfinished merge" if conflict else "its checksum differs")
    try:
        entry = decode_json(fields, HistoryEntry)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"written by another version of headtohead ({error})") from error
    if entry.schema > SCHEMA_VERSION:
        raise ValueError(f"written by a newer version of headtohead (schema {entry.schema})")
    if entry.committed_at.tzinfo is None or entry.measured_at.tzinfo is None:
        raise ValueError("its times have no time zone")
    low, high = entry.ci95
    if not (
        1 / LARGEST_RATIO <= entry.ratio <= LARGEST_RATIO and 0 <= low <= high and low < math.inf
    ):
        raise ValueError(f"a ratio of {entry.ratio:g} in {low:g} to {high:g} is none")
    return entry


def _checksum(fields: bytes) -> bytes:
    return _CHECKSUM + f'{zlib.crc32(fields):08x}"}}'.encode()


@dataclass(frozen=True, kw_only=True)
class DamagedLine:
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

    entries: tuple[HistoryEntry, ...]
    damaged: tuple[DamagedLine, ...]


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


def append(entries: Iterable[HistoryEntry], path: Path) -> tuple[HistoryEntry, ...]:
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
                _append(start + b"".join(map(encode, new)), file, length=len(content))
    except OSError as error:
        raise RecordError(
            f"{path} cannot be written ({error.strerror})",
            fix="make room for it, or name another file with --file",
        ) from error
    return new


def _append(lines: bytes, file: FileIO, *, length: int) -> None:
    """Add all of the lines to a file of that length, or none where the disk does not take all."""
    rest = memoryview(lines)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(length)
        raise


def _may_be_history(content: bytes) -> bool:
    """Whether a line begins as those of a history do, however it goes on; or there is none."""
    lines = [line for line in content.split(b"\n") if line.strip()]
    return not lines or any(
        line.startswith(BEGINNING) or BEGINNING.startswith(line) for line in lines
    )


def _history(content: bytes) -> History:
    entries: dict[tuple[str, str, str], HistoryEntry] = {}
    damaged = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = decode(line)
        except ValueError as error:
            damaged.append(DamagedLine(line=number, problem=str(error)))
        else:
            entries.setdefault(entry.identity, entry)
    return History(entries=tuple(entries.values()), damaged=tuple(damaged))
