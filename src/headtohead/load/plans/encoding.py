"""Values as lines of JSON, in which they cross from process to process and from host to host.

Every measured request comes this way, so msgspec does it, which costs the generator little. It
knows no unions of dataclasses; where one of several kinds may come, cattrs tells them apart.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from cattrs.preconf.msgspec import make_converter

T = TypeVar("T")

# What a generator says at the end of a plan.
DONE = "null"

converter = make_converter(detailed_validation=False)


def to_json(value: object, *, kind: Any = None) -> str:
    """A value as one line of JSON.

    Args:
        value: A value made of dataclasses, or a list of them.
        kind: The union that it is read as, where that is tagged.
    """
    if kind is not None:
        return converter.dumps(value, unstructure_as=kind).decode()
    return msgspec.json.encode(value, enc_hook=_plain).decode()


def from_json(text: str, kind: type[T]) -> T:
    """The value that `to_json` wrote.

    Args:
        text: The line.
        kind: A dataclass, or a list of them.
    """
    return msgspec.json.decode(text, type=kind)


def one_from_json(text: str, kinds: Any) -> Any:
    """The same where `kinds` is a union: told apart by their fields, or by the union's tags."""
    return converter.loads(text.encode(), kinds)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"{type(value)} does not cross processes")
