"""Records as JSON text, each with the version of its format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from headtohead.errors import RecordError
from headtohead.records.encoding import decode, encode

R = TypeVar("R")

# Nesting that no record has ends in a RecursionError.
_NOT_ONE = (msgspec.MsgspecError, RecursionError)


class _Versioned(msgspec.Struct):
    schema: int


def to_json(record: object) -> str:
    """A record of frozen dataclasses as JSON text, ending with a newline."""
    return encode(record, indent=2).decode() + "\n"


@dataclass(frozen=True, kw_only=True)
class RecordFormat(Generic[R]):
    """How one kind of record is read back.

    Attributes:
        kind: Its type, a frozen dataclass with a field `schema`.
        what: What messages call it, such as ``record of a run``.
        newest: The version that this h2h writes.
        oldest: The oldest version that it still reads.
        renamed: What fields are called now that older versions had under another name.
        fix: What to do where it cannot be read.
        implausible: Says what is wrong with one that is well formed; nothing where it may be true.
    """

    kind: type[R]
    what: str
    newest: int
    oldest: int = 1
    renamed: Mapping[str, str] = field(default_factory=dict)
    fix: str
    implausible: Callable[[R], str] = lambda _: ""

    def read(self, path: Path) -> R:
        """The record in a file.

        Raises:
            RecordError: There is none, or it cannot be read.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise RecordError(f"no {self.what} at {path} ({reason})", fix=self.fix) from error
        return self.from_json(text, source=str(path))

    def from_json(self, text: str, *, source: str) -> R:
        """The record that `to_json` made the text of.

        Args:
            text: The text.
            source: Where it came from, for messages.

        Raises:
            RecordError: It is no such record, or of a version that this h2h does not read.
        """
        try:
            schema = decode(text, _Versioned).schema
        except _NOT_ONE as error:
            raise RecordError(f"{source} is no {self.what} ({error})", fix=self.fix) from error
        if schema > self.newest:
            raise RecordError(
                f"{source} has schema {schema}, newer than the {self.newest} this version reads",
                fix="upgrade headtohead",
            )
        if schema < self.oldest:
            raise RecordError(
                f"{source} has schema {schema}, older than the {self.oldest} this version reads",
                fix=self.fix,
            )
        try:
            if self.renamed and schema < self.newest:
                fields = _renamed(msgspec.json.decode(text), self.renamed)
                text = encode({**fields, "schema": self.newest}).decode()
            record = decode(text, self.kind)
        except _NOT_ONE as error:
            raise RecordError(f"{source} is no {self.what} ({error})", fix=self.fix) from error
        if problem := self.implausible(record):
            raise RecordError(f"{source} is no {self.what} ({problem})", fix=self.fix)
        return record


def _renamed(fields: Any, names: Mapping[str, str]) -> Any:
    match fields:
        case dict():
            return {names.get(name, name): _renamed(each, names) for name, each in fields.items()}
        case list():
            return [_renamed(each, names) for each in fields]
    return fields
