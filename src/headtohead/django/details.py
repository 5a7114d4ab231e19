"""What is told of each statement beside its text: who had it executed, and its plan."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from time import monotonic

from headtohead.django.plans import NoPlanError, plan_of
from headtohead.django.statements import Execution, normalised
from headtohead.statements import Detail, Source, Statement

# The client waits for all plans, and does so for half a minute.
MOST_PLANS = 50
PLANNING_SECONDS = 10
MOST_SOURCES = 5  # of one statement


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
