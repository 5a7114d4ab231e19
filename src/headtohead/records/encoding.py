"""Values made of dataclasses as JSON, and back: in files, and between processes."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

T = TypeVar("T")

if TYPE_CHECKING:
    Bound = float
else:

    class Bound(float):
        """An end of an interval or half its width: infinite, null in JSON, where there is none."""

        __slots__ = ()


# The lower and the upper end of an interval.
Bounds = tuple[Bound, Bound]


def encode(value: object, *, indent: int = 0) -> bytes:
    """A value as JSON: on one line, unless levels are to be indented."""
    text = msgspec.json.encode(value, enc_hook=_plain)
    return msgspec.json.format(text, indent=indent) if indent else text


def decode(text: bytes | str, kind: type[T]) -> T:
    """The value of that type that `encode` made the text of.

    Raises:
        msgspec.MsgspecError: It is none.
    """
    return msgspec.json.decode(text, type=kind, dec_hook=_special)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float):  # a `Bound`, or one of numpy's
        return float(value)
    raise NotImplementedError(f"{type(value)} is nothing that JSON knows")


def _special(kind: type[Any], value: Any) -> Any:
    if kind is Bound:
        if value is not None and not isinstance(value, (int, float)):
            raise TypeError("Expected `number | null`")
        try:
            return Bound(math.inf if value is None else value)
        except OverflowError as error:
            raise ValueError("Number out of range") from error
    if kind is Path:
        return Path(value)
    raise NotImplementedError(f"{kind} is nothing that JSON knows")
