"""Caveats about measurements that are too short."""

from headtohead.records.results import Caveat
from headtohead.validity.load import in_users


def too_few_pairs(*, pairs: int, needed: int, budget: int | None = None) -> Caveat:
    """The run ended before there was enough to judge by.

    Args:
        pairs: How many were taken.
        needed: How many a verdict needs.
        budget: The seconds that these would have taken, where that is known.
    """
    return Caveat(
        code="too-few-pairs",
        message=f"Only {pairs} request pairs were taken; a verdict needs {needed}.",
        advice=f"Give the run more time with --budget{f' {budget}' if budget else ''}.",
        invalidates=True,
    )


def too_few_launches(*, launches: int, needed: int) -> Caveat:
    """So few launches of the servers were of use that their luck is unknown."""
    return Caveat(
        code="too-few-launches",
        message=f"Only {launches} launches of the servers could be used; a verdict needs {needed}.",
        advice="Find out why requests fail, and give the comparison more --rounds.",
        invalidates=True,
    )


def too_few_rounds(*, rounds: int, users: int, needed: int) -> Caveat:
    """A run in blocks ended before there was enough to judge by."""
    return Caveat(
        code="too-few-rounds",
        message=f"Only {rounds} rounds of blocks were taken with {in_users(users)}; "
        f"a verdict needs {needed}.",
        advice="Give the run more time with --budget.",
        invalidates=True,
    )


def too_few_stretches(*, rounds: int, needed: int) -> Caveat:
    """A run of the open model ended before there was enough to judge by."""
    return Caveat(
        code="too-few-rounds",
        message=f"Only {rounds} rounds were taken, draining included; a verdict needs {needed}.",
        advice="Give the run more time with --budget, or a lower --rate if queues are long.",
        invalidates=True,
    )
