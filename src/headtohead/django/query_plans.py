"""How the database answers a statement that was executed: EXPLAIN, without any value."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from django.db import Error, connections, transaction

from headtohead.django.captured_sql import LONGEST_STATEMENT, UNREADABLE, Execution, normalised
from headtohead.protocol.explanation import Detail, PlanNode, Source, Statement

# A SELECT is executed again for its plan, and the client waits for that.
LONGEST_EXECUTION_MS = 3000

_SELECT = re.compile(r"[( ]*SELECT\b", re.IGNORECASE)
_OTHERS = re.compile(r"[( ]*(INSERT|UPDATE|DELETE|MERGE|VALUES|WITH)\b", re.IGNORECASE)
# Advisory locks outlive the transaction.
_LOCKING = re.compile(
    r"\bFOR (UPDATE|NO KEY UPDATE|SHARE|KEY SHARE)\b|\bpg_\w*advisory_\w+", re.IGNORECASE
)
# How SQLite tells that it reads a table, and by what.
_SQLITE_READ = re.compile(
    r"(?P<verb>SCAN|SEARCH) (?:TABLE )?(?P<relation>\S+)(?: AS \S+)?"
    r"(?: USING (?P<by>(?:[A-Z]+ )*(?:INDEX|PRIMARY KEY))(?: (?P<index>[^\s(]+))?)?"
    r"(?: \((?P<condition>.*)\))?(?: (?P<join>[A-Z]+-JOIN))?"
)
_CONDITIONS = ("Index Cond", "Hash Cond", "Merge Cond", "Recheck Cond", "TID Cond")
_FILTERS = ("Filter", "Join Filter")
# The client waits for all plans, and does so for half a minute.
MOST_PLANS = 50
PLANNING_SECONDS = 10
MOST_SOURCES = 5  # of one statement


class NoPlanError(Exception):
    """There is no plan; the message says why."""


def plan_of(execution: Execution) -> PlanNode:
    """How the database answers a statement with the values that it was executed with.

    On PostgreSQL, a SELECT that takes no lock is executed again for it, in a transaction that may
    read only and is rolled back; everything else is only planned, as SQLite plans all of it.

    Raises:
        NoPlanError: The statement has none, or the database refuses.
    """
    connection = connections[execution.alias]
    if connection.vendor not in {"postgresql", "sqlite"}:
        raise NoPlanError(f"plans are PostgreSQL's and SQLite's, not those of {connection.vendor}")
    command = explain_command(normalised(execution.sql))
    if command is None or execution.many:
        raise NoPlanError("EXPLAIN does not take it")
    try:
        if connection.vendor == "sqlite":
            return _sqlite_plan(execution)
        return _postgresql_plan(execution, command)
    except Error as error:
        # Its message may quote values.
        name = type(error.__cause__ or error).__name__
        raise NoPlanError(f"the database refuses to explain it ({name})") from error


def _postgresql_plan(execution: Execution, command: str) -> PlanNode:
    with transaction.atomic(using=execution.alias):
        with connections[execution.alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_EXECUTION_MS}")
            cursor.execute(f"{command} {execution.sql}", execution.parameters)
            ((answer,),) = cursor.fetchall()
        transaction.set_rollback(True, using=execution.alias)
    return tree(answer[0]["Plan"])


def _sqlite_plan(execution: Execution) -> PlanNode:
    with connections[execution.alias].cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {execution.sql}", execution.parameters)
        steps = [(step, parent, text) for step, parent, _, text in cursor.fetchall()]
    if not steps:
        raise NoPlanError("SQLite looks for nothing to answer it")
    return sqlite_tree(steps)


def explain_command(sql: str) -> str | None:
    """What PostgreSQL is asked with, given a normalised statement; None when that is not safe."""
    several = ";" in sql.rstrip("; ")
    if several or sql == UNREADABLE or len(sql) > LONGEST_STATEMENT:
        return None
    if _SELECT.match(sql) and not _LOCKING.search(sql):
        return "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)"
    return "EXPLAIN (FORMAT JSON)" if _SELECT.match(sql) or _OTHERS.match(sql) else None


def tree(node: Mapping[str, Any]) -> PlanNode:
    """A node of PostgreSQL's JSON and all below it; of its texts, only conditions and names."""
    loops = node.get("Actual Loops")
    executed = loops is not None
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    return PlanNode(
        operation=node["Node Type"],
        relation=node.get("Relation Name", ""),
        index=node.get("Index Name", ""),
        condition=_conditions(node, _CONDITIONS),
        filter=_conditions(node, _FILTERS),
        loops=loops,
        rows=round(node["Actual Rows"] * loops) if executed else node["Plan Rows"],
        removed=round(removed * loops) if executed else 0,
        ms=node["Actual Total Time"] * loops if executed else None,
        blocks=node["Shared Hit Blocks"] + node["Shared Read Blocks"] if executed else None,
        children=tuple(tree(child) for child in node.get("Plans", [])),
    )


def sqlite_tree(steps: Sequence[tuple[int, int, str]]) -> PlanNode:
    """The steps of SQLite's `EXPLAIN QUERY PLAN` as a tree; of several at the top, that plan's own.

    Args:
        steps: Number, number of the step that it belongs to or 0, and text of each.
    """
    below: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for step, parent, text in steps:
        below[parent].append((step, text))

    def node(step: int, text: str) -> PlanNode:
        told = _SQLITE_READ.fullmatch(text)
        words = (told["verb"], told["by"], told["join"]) if told else (normalised(text),)
        return PlanNode(
            operation=" ".join(filter(None, words)),
            relation=told["relation"] if told else "",
            index=(told["index"] or "") if told else "",
            condition=normalised(told["condition"] or "") if told else "",
            filter="",
            loops=None,
            rows=None,
            removed=0,
            ms=None,
            blocks=None,
            children=tuple(node(*each) for each in below[step]),
        )

    first, *others = below[0]
    return node(0, "QUERY PLAN") if others else node(*first)


def _conditions(node: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return " AND ".join(normalised(node[name]) for name in names if name in node)


def details_of(
    executions: Sequence[Execution], statements: Sequence[Statement]
) -> tuple[Detail, ...]:
    """One detail for each statement, in their order.

    Args:
        executions: What was executed, with locations.
        statements: The distinct statements among it, normalised.
    """
    normal = {sql: normalised(sql) for sql in {each.sql for each in executions}}
    executed: dict[str, list[Execution]] = defaultdict(list)
    for execution in executions:
        executed[normal[execution.sql]].append(execution)
    deadline = monotonic() + PLANNING_SECONDS
    return tuple(
        _detail(executed[statement.sql], may_plan=number < MOST_PLANS and monotonic() < deadline)
        for number, statement in enumerate(statements)
    )


def _detail(executions: Sequence[Execution], *, may_plan: bool) -> Detail:
    located = Counter(each.location for each in executions if each.location)
    sources = tuple(
        Source(location=location, times=times)
        for location, times in located.most_common(MOST_SOURCES)
    )
    if not may_plan:
        reason = f"there are {MOST_PLANS} plans already, or they took {PLANNING_SECONDS} s"
        return Detail(sources=sources, plan=None, without_plan=reason)
    try:
        return Detail(sources=sources, plan=plan_of(executions[0]), without_plan="")
    except NoPlanError as reason:
        return Detail(sources=sources, plan=None, without_plan=str(reason))
