"""What may be worth a try, as a statement and its plan suggest."""

import re
from collections.abc import Iterator

from headtohead.protocol.explanation import PlanNode, Statement
from headtohead.report.numbers import percent

# As often, and it is hardly a coincidence.
REPEATED = 5
# A smaller table is read as fast as an index, and so is one of which much is kept.
LARGE = 1000  # rows
DROPPED = 0.9

_SELECT = re.compile(r"[( ]*SELECT\b", re.IGNORECASE)
# A column itself beside a value or another table's column: what a plain index can look up.
_NAME = r'(?:\w+|"[^"]+")'
_COMPARED = re.compile(
    rf"(?<![\w)])\(+(?:{_NAME}\.)?({_NAME})\)?(?:::[\w ]+)? (?:=|<|>|<=|>=) "
    rf"(?:\?|ANY \(|{_NAME}\.{_NAME})"
)


def hints_of(statement: Statement, plan: PlanNode | None) -> tuple[str, ...]:
    """Hints on one statement, worded as such: none of them was tried."""
    return tuple(_hints(statement, plan))


def is_n_plus_1(sql: str, *, times: int) -> bool:
    """Whether a normalised statement that an answer executes so often is an N+1."""
    return times >= REPEATED and bool(_SELECT.match(sql))


def _hints(statement: Statement, plan: PlanNode | None) -> Iterator[str]:
    if is_n_plus_1(statement.sql, times=statement.times):
        yield (
            f"N+1: the same SELECT {statement.times} times; "
            "select_related or prefetch_related could fetch it at once"
        )
    if plan:
        # A plan may read a table alike in several places.
        yield from dict.fromkeys(
            _missing_index(node) for node in plan.nodes() if _drops_most_of_much(node)
        )


def _drops_most_of_much(node: PlanNode) -> bool:
    if node.operation != "Seq Scan" or not node.filter or not node.loops:
        return False
    read = _read(node)
    return read >= LARGE * node.loops and node.removed >= DROPPED * read


def _read(node: PlanNode) -> int:
    return (node.rows or 0) + node.removed


def _missing_index(node: PlanNode) -> str:
    read = _read(node)
    columns = indexable_columns(node.filter)
    index = (
        f"an index on {node.relation} ({', '.join(columns)})"
        if columns
        else f"an index on {node.relation} made for {node.filter}"
    )
    return (
        f"missing index? The sequential scan of {node.relation} reads {read:,} rows and drops "
        f"{percent(node.removed / read)} of them; {index} could serve this"
    )


def indexable_columns(condition: str) -> tuple[str, ...]:
    """The columns that a normalised condition compares, where a plain index could serve it.

    Empty as well where alternatives or a negation would need more than one index.
    """
    if re.search(r"\b(OR|NOT)\b", condition):
        return ()
    return tuple(dict.fromkeys(_COMPARED.findall(condition)))
