"""Values as lines of JSON, in which they cross from process to process and from host to host.

Every measured request comes this way: what encodes them may cost the generator little.
"""

from typing import Any

import msgspec

from headtohead.records.encoding import decode, encode

# What a generator says at the end of a plan.
DONE = "null"


def to_line(value: object) -> str:
    """A value as one line of JSON."""
    return encode(value).decode()


def to_named_line(value: object) -> str:
    """The same with the name of its class, where one of several kinds may come."""
    return encode((type(value).__name__, value)).decode()


def from_named_line(line: str, *kinds: type[Any]) -> Any:
    """The value that `to_named_line` made the line of, which is of one of these kinds."""
    name, value = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
    return decode(value, {kind.__name__: kind for kind in kinds}[name])
