"""Records as JSON text, each with the version of its format."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from headtohead.errors import RecordError

R = TypeVar("R")

_converter = make_converter(detailed_validation=False)
# JSON has no infinity: a bound that does not exist is null.
_converter.register_unstructure_hook(float, lambda value: value if math.isfinite(value) else None)
_converter.register_structure_hook(
    float, lambda value, _: math.inf if value is None else float(value)
)


def fields_of(record: object) -> dict[str, Any]:
    """A record of frozen dataclasses as what JSON knows."""
    fields: dict[str, Any] = _converter.unstructure(record)
    return fields


def to_json(record: object) -> str:
    """A record of frozen dataclasses as JSON text, ending with a newline."""
    fields = fields_of(record)
    return json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True, kw_only=True)
class RecordFormat(Generic[R]):
    """How one kind of record is read back.

    Attributes:
        kind: Its type, a frozen dataclass with a field `schema`.
        what: What messages call it, such as ``record of a run``.
        newest: The version that this h2h writes.
        oldest: The oldest version that it still reads.
        fix: What to do where it cannot be read.
    """

    kind: type[R]
    what: str
    newest: int
    oldest: int = 1
    fix: str

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
            fields = json.loads(text)
        except ValueError as error:
            raise RecordError(f"{source} is no {self.what} ({error})", fix=self.fix) from error
        schema = fields.get("schema") if isinstance(fields, dict) else None
        if not isinstance(schema, int):
            raise RecordError(f"{source} is no {self.what}", fix=self.fix)
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
            return _converter.structure(fields, self.kind)
        except (BaseValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordError(f"{source} is no {self.what} ({error!r})", fix=self.fix) from error
