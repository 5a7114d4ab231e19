"""Loading related rows for many objects at once.

Data loaders for Ariadne are asynchronous, and Django's ORM under WSGI is not. The one library for
synchronous execution, graphql-sync-dataloaders, stands in for parts of graphql-core 3.2 that 3.3 no
longer has. A synchronous executor finishes one object before it begins the next, so nothing can be
put off until the whole list has asked. It need not be: whoever makes the list knows its keys.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class BatchLoader(Generic[Key, Value]):
    """Fetches the value of a key together with those of all keys that are awaited, once each."""

    def __init__(
        self,
        fetch: Callable[[Collection[Key]], Mapping[Key, Value]],
        *,
        awaited: Callable[[], Iterable[Key]],
    ) -> None:
        """Take what to fetch with, and what tells the keys that will be asked for.

        Args:
            fetch: Returns the values of all keys it is given.
            awaited: Returns the keys of the objects that are being resolved.
        """
        self._fetch = fetch
        self._awaited = awaited
        self._values: dict[Key, Value] = {}

    def load(self, key: Key) -> Value:
        """The value of one key.

        Raises:
            KeyError: There is no such value.
        """
        if key not in self._values:
            self._values.update(self._fetch({key, *self._awaited()} - self._values.keys()))
        return self._values[key]
