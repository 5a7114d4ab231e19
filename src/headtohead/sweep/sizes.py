"""The numbers of rows that a sweep goes through."""

from itertools import pairwise

from headtohead.config import MOST_ROWS
from headtohead.errors import ConfigurationError
from headtohead.setting_values import whole_number

DEFAULT_SIZES = "1e3,1e4,1e5"
# A line always fits two, so they leave nothing to tell the exponent's error by.
_NEEDED = 3


def read_sizes(given: str) -> tuple[int, ...]:
    """Read numbers of rows such as `1e3,1e4,100_000`.

    Raises:
        ConfigurationError: They are no whole numbers from 1 to 1e8, do not ascend, or are too few
            for an exponent.
    """
    try:
        sizes = tuple(map(_size, given.split(",")))
    except ValueError:
        raise _refusal(given) from None
    if any(more <= fewer for fewer, more in pairwise(sizes)):
        raise _refusal(given)
    if len(sizes) < _NEEDED:
        raise ConfigurationError(
            f"--rows is {given!r}, too few sizes for an exponent",
            fix=f"give at least {_NEEDED}, such as {DEFAULT_SIZES}",
        )
    return sizes


def _size(given: str) -> int:
    number = whole_number(given)
    if not 1 <= number <= MOST_ROWS:
        raise ValueError(given)
    return number


def _refusal(given: str) -> ConfigurationError:
    return ConfigurationError(
        f"--rows is {given!r}",
        fix=f"give whole numbers of rows in ascending order, 1e8 at most, such as {DEFAULT_SIZES}",
    )
