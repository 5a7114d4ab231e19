"""Cached values as bytes that are data and nothing else, unlike pickles, which may run anything.

Whoever can write to a cache's port could otherwise take over every process that reads from it.
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from inspect import unwrap
from types import FunctionType
from typing import Any, TypeVar

from django.core.cache.backends.base import BaseCache

Backend = TypeVar("Backend", bound=BaseCache)

# What was found but cannot be read, which counts as not found.
UNREADABLE = object()
# Of plain data, JSON lacks these; the name of one stands as the only key of an object.
_TYPES: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "$decimal": (Decimal, str, Decimal),
    "$datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "$bytes": (bytes, lambda value: base64.b85encode(value).decode(), base64.b85decode),
}


class Codec:
    """Plain data as JSON; whole numbers as digits, of which Redis and memcached can count up.

    Tuples come back as lists. It has the methods that Django's Redis backend, pymemcache and
    whoever uses pickle ask for.
    """

    def encoded(self, value: Any) -> bytes:
        """A value that is no whole number as bytes that do not begin with a digit.

        Raises:
            TypeError: It is no plain data.
        """
        return json.dumps([value], default=_tagged, separators=(",", ":")).encode()

    def decoded(self, data: bytes) -> Any:
        """The value of such bytes, or UNREADABLE."""
        match json.loads(data, object_hook=_untagged):
            case [value]:
                return value
        return UNREADABLE

    def dumps(self, value: Any, _protocol: int = 0) -> bytes:
        """A value as bytes.

        Raises:
            TypeError: It is no plain data.
        """
        return b"%d" % value if type(value) is int else self.encoded(value)

    def loads(self, data: bytes) -> Any:
        """The value, or UNREADABLE."""
        try:
            return int(data) if data[:1] in b"-0123456789" else self.decoded(data)
        except (ValueError, ArithmeticError, RecursionError):
            return UNREADABLE

    def serialize(self, _key: bytes, value: Any) -> tuple[bytes, int]:
        """A value, and flags that nobody needs."""
        return self.dumps(value), 0

    def deserialize(self, _key: bytes, value: bytes, _flags: int) -> Any:
        """The value, or UNREADABLE."""
        return self.loads(value)


def _tagged(value: Any) -> dict[str, str]:
    for tag, (kind, write, _) in _TYPES.items():
        if isinstance(value, kind):
            return {tag: write(value)}
    raise TypeError(f"only plain data can be cached, not {value!r}")


def _untagged(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        ((tag, value),) = found.items()
        if tag in _TYPES and isinstance(value, str):
            return _TYPES[tag][2](value)
    return found


def without_pickle(backend: type[Backend]) -> type[Backend]:
    """Have a subclass of one of Django's backends do with a codec what that does with pickle.

    Its methods name the module, and none of its settings does.
    """
    (django_s,) = backend.__bases__
    for name, found in vars(django_s).items():
        # Where its lookups are counted already, what counts them stands before it.
        method = unwrap(found) if callable(found) else None
        if isinstance(method, FunctionType) and "pickle" in method.__code__.co_names:
            code, names = method.__code__, method.__globals__ | {"pickle": Codec()}
            copy = FunctionType(code, names, name, method.__defaults__, method.__closure__)
            setattr(backend, name, copy)
    return backend
