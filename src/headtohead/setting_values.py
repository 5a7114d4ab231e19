"""Kinds of settings that are written as one text, or as a list of them."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Self


def whole_number(given: str) -> int:
    """Read a whole number, which may also be written as `1e6`.

    Raises:
        ValueError: It is none.
    """
    try:
        return int(given)
    except ValueError:
        number = float(given)
        if not number.is_integer():
            raise
        return int(number)


class UserCounts(tuple[int, ...]):
    """Numbers of users in ascending order, given as a number or as a list such as `1,2,4`."""

    __slots__ = ()

    def __new__(cls, given: "int | str | UserCounts") -> Self:
        """Read them.

        Raises:
            ValueError: They are no numbers of users, or do not ascend.
        """
        numbers = given if isinstance(given, tuple) else map(int, str(given).split(","))
        counts = super().__new__(cls, numbers)
        if counts[0] < 1 or any(more <= fewer for fewer, more in pairwise(counts)):
            raise ValueError(given)
        return counts

    def __str__(self) -> str:
        return ",".join(map(str, self))


class Texts(tuple[str, ...]):
    """Several texts: a list in a file, one a line in a variable."""

    __slots__ = ()

    def __new__(cls, given: "str | Iterable[str]" = ()) -> Self:
        """Read them.

        Raises:
            ValueError: One of them is empty, or is no text.
        """
        texts = tuple(given.splitlines() if isinstance(given, str) else given)
        if not all(str(each) == each and each.strip() for each in texts):
            raise ValueError(given)
        return super().__new__(cls, texts)

    def __str__(self) -> str:
        return "\n".join(self)
