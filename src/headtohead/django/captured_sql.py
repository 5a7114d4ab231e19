"""The SQL of a request: collected only where it is asked for, and told without any value."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlparse.lexer
from sqlparse import tokens

from headtohead.django.observation import wrapping
from headtohead.django.source_lines import location_of
from headtohead.protocol.explanation import Location, Statement

# What a client is told at most: enough for any page worth serving, and less than 5 MB.
MOST_STATEMENTS = 500
LONGEST_STATEMENT = 10_000  # characters
UNREADABLE = "a statement that cannot be told from its values"

# `ORDER BY 1` names a column, so that number is no value.
_SORTING = re.compile(r"(ORDER|GROUP)\s+BY", re.IGNORECASE)
_LONGEST_POSITION = 3  # digits
_PLAIN_NAME = re.compile(r'"([a-z_][a-z0-9_]*)"')
# Django names savepoints and cursors after threads and counters.
_GENERATED_NAME = re.compile(r'"(s\d+_x\d+|_django_curs_\w+)"')
_VALUES_OF_IN = re.compile(r"\bIN \([?, ]*\)", re.IGNORECASE)
_REPEATED_ROW = re.compile(r"(\([^()]*\?[^()]*\))(?:, \1)+")


@dataclass(frozen=True, slots=True)
class Execution:
    """A statement as it was executed; its values stay in this process.

    Attributes:
        sql: Text with placeholders for parameters.
        parameters: Their values.
        many: Whether it was executed once for each of several sets of them.
        alias: Name of the database connection.
        rows: How many it returned or changed, as far as the cursor knows.
        location: The project's own code that had it executed, where it was asked for and found.
    """

    sql: str
    parameters: Any
    many: bool
    alias: str
    rows: int
    location: Location | None


@contextmanager
def collecting(*, locate: bool) -> Iterator[list[Execution]]:
    """Collect the statements executed within, in every thread that works for it.

    Args:
        locate: Whether to find the code that has each of them executed, which takes time.
    """
    executions: list[Execution] = []

    def collect(
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,  # noqa: FBT001 (Django calls it by position)
        context: dict[str, Any],
    ) -> Any:
        location = location_of(inspect.currentframe()) if locate else None
        rows = 0
        try:
            result = execute(sql, params, many, context)
            rows = max(context["cursor"].rowcount, 0)
            return result
        finally:
            executions.append(
                Execution(
                    sql=str(sql),
                    parameters=params,
                    many=many,
                    alias=context["connection"].alias,
                    rows=rows,
                    location=location,
                )
            )

    with wrapping(collect):
        yield executions


def counted(executions: Sequence[Execution]) -> tuple[Statement, ...]:
    """The distinct statements, normalised, in the order of their first execution."""
    # Many are equal as they stand, and comparing is faster than normalising.
    normal = {sql: normalised(sql) for sql in dict.fromkeys(each.sql for each in executions)}
    times, rows = Counter[str](), Counter[str]()
    for each in executions:
        times[normal[each.sql]] += 1
        rows[normal[each.sql]] += each.rows
    distinct = tuple(Statement(sql=sql, times=times[sql], rows=rows[sql]) for sql in times)
    return distinct[:MOST_STATEMENTS]


def normalised(sql: str) -> str:
    """A statement without values, comments, line breaks and needless quotes.

    Statements that differ in values alone become equal, however many an IN or an INSERT has. What
    was written into the text goes as well as parameters, since it may be a secret; a text whose
    quotes do not add up is not told at all.
    """
    words: list[str] = []
    sorting = False
    for kind, text in sqlparse.lexer.tokenize(sql):  # type: ignore[no-untyped-call]
        if kind in tokens.Error:
            return UNREADABLE
        if kind in tokens.Keyword and kind not in tokens.Keyword.Order:
            sorting = bool(_SORTING.fullmatch(text))
        position = sorting and kind in tokens.Number.Integer and len(text) <= _LONGEST_POSITION
        words.append(text if position else _word(kind, text))
    line = " ".join("".join(words).split())
    line = _REPEATED_ROW.sub(r"\1", _VALUES_OF_IN.sub("IN (...)", line))
    return line if len(line) <= LONGEST_STATEMENT else f"{line[:LONGEST_STATEMENT]}..."


def _word(kind: Any, text: str) -> str:
    if kind in tokens.Comment:
        return " "
    if kind in tokens.String.Symbol:
        return "?" if _GENERATED_NAME.fullmatch(text) else _PLAIN_NAME.sub(r"\1", text)
    return "?" if kind in tokens.Literal or kind in tokens.Name.Placeholder else text
