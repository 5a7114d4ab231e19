"""What both sides answer compared, but for what changes with every answer of one and the same."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from headtohead.check.equal_answers import brief, first_difference, printable

# The first and the last answer of one side.
Answers = Sequence[bytes]
# Keys and indexes from the root of a JSON document to a value.
_Path = tuple[str | int | None, ...]

_MOST_NAMED = 3
# Words are told apart in this many bytes at most, beyond it only lines.
_MOST_WORDS = 2_000_000
# A token, date or number is one word, whatever it is made of; all else stands alone.
_WORD = re.compile(rb"[\w.:+/=\x80-\xff-]+|[^\w.:+/=\x80-\xff-]")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, kw_only=True)
class BodyComparison:
    """How the bodies of two sides compare.

    Attributes:
        varying: The places where two answers of the same side differ; empty for none.
        difference: Where the sides differ beyond them; empty where they do not.
    """

    varying: str = ""
    difference: str = ""


def compare_bodies(base: Answers, head: Answers) -> BodyComparison:
    """Compare the last answers of both sides, but for what differs within either."""
    one, other = base[-1], head[-1]
    if base[0] == one and head[0] == other:
        return BodyComparison(difference="" if one == other else first_difference(one, other))
    try:
        first, one, also_first, other = (
            json.loads(each, parse_constant=str) for each in (base[0], one, head[0], other)
        )
        return _compare_documents((first, one), (also_first, other))
    except (ValueError, RecursionError):
        return _compare_texts(base, head)


def _compare_documents(base: Sequence[Any], head: Sequence[Any]) -> BodyComparison:
    varying = {
        _everywhere(path): None for side in (base, head) for path, _, _ in _parted(*side, but=())
    }
    difference = next(_parted(base[-1], head[-1], but=varying), None)
    told = ""
    if difference:
        path, one, other = difference
        told = f"{_name(path)}: {_told(one)}, not {_told(other)}"
    return BodyComparison(varying=_named(map(_name, varying)), difference=told)


class _Absent:
    """Stands for a value that one of two documents lacks."""


_ABSENT = _Absent()


def _parted(one: Any, other: Any, *, but: Iterable[_Path]) -> Iterator[tuple[_Path, Any, Any]]:
    """Where two documents differ, in their order; not below the paths that are left out.

    There is no recursion, as a document may be nested deeper than Python calls.
    """
    left_out = set(but)
    waiting: list[tuple[_Path, Any, Any]] = [((), one, other)]
    while waiting:
        path, a, b = waiting.pop()
        if _everywhere(path) in left_out:
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            below = [(key, a.get(key, _ABSENT), b.get(key, _ABSENT)) for key in {**a, **b}]
        elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            below = [(i, *both) for i, both in enumerate(zip(a, b, strict=True))]
        else:
            if type(a) is not type(b) or a != b:
                yield path, a, b
            continue
        waiting += [((*path, step), x, y) for step, x, y in reversed(below)]


def _everywhere(path: _Path) -> _Path:
    """A path for the items of a list alike, as what changes in one item may change in any."""
    *above, last = path or (None,)
    return (*(None if isinstance(step, int) else step for step in above), last)


def _name(path: _Path) -> str:
    steps = (
        "[]" if step is None else f"[{step}]" if isinstance(step, int) else f".{step}"
        for step in path
    )
    return printable("body" + "".join(steps if path != (None,) else ()))


def _told(value: Any) -> str:
    return "nothing" if value is _ABSENT else brief(value)


def _compare_texts(base: Answers, head: Answers) -> BodyComparison:
    splits: list[Callable[[bytes], list[bytes]]] = [_LINE.findall]
    if max(map(len, (*base, *head))) <= _MOST_WORDS:
        splits.insert(0, _WORD.findall)
    for split in splits:
        sides = [[split(each) for each in side] for side in (base, head)]
        if all(len(first) == len(last) for first, last in sides):
            return _compare_parts(*sides)
    return BodyComparison(varying="body")


def _compare_parts(
    base: Sequence[Sequence[bytes]], head: Sequence[Sequence[bytes]]
) -> BodyComparison:
    """Compare texts that are split into words or lines, as many in either answer of a side."""
    varying = sorted({i for side in (base, head) for i in _unequal(*side)})
    one, other = base[-1], head[-1]
    left_out = set(varying)
    found = next((i for i in _unequal(one, other) if i not in left_out), None)
    if found is None and len(one) != len(other):
        found = min(len(one), len(other))
    difference = ""
    if found is not None:
        ours, theirs = (b"".join(parts[found : found + 1])[:40] for parts in (one, other))
        difference = f"line {_lines(one)[found]}: {ours!r}, not {theirs!r}"
    lines = _lines(max(*base, *head, key=len))
    return BodyComparison(
        varying=_named(f"line {lines[each]}" for each in varying), difference=difference
    )


def _unequal(one: Sequence[bytes], other: Sequence[bytes]) -> Iterator[int]:
    return (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)


def _lines(parts: Sequence[bytes]) -> list[int]:
    """The number of the line that each part stands on, and of that behind the last."""
    return list(accumulate((part.endswith(b"\n") for part in parts), initial=1))


def _named(places: Iterable[str]) -> str:
    names = list(dict.fromkeys(places))
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
