"""Caveats about measurements that are too short."""

from headtohead.analysis.blocks import NEEDED_ROUNDS
from headtohead.analysis.launches import NEEDED_LAUNCHES
from headtohead.analysis.verdicts import NEEDED_PAIRS
from headtohead.validity.load import in_users
from headtohead.validity.rule import caveat


@caveat("too-few-pairs", invalidates_when=f"fewer than {NEEDED_PAIRS} request pairs were taken")
def too_few_pairs(*, pairs: int, needed: int, budget: int | None = None) -> tuple[str, str]:
    """The run ended before there was enough to judge by.

    Args:
        pairs: How many were taken.
        needed: How many a verdict needs.
        budget: The seconds that these would have taken, where that is known.
    """
    return (
        f"Only {pairs} request pairs were taken; a verdict needs {needed}.",
        f"Give the run more time with --budget{f' {budget}' if budget else ''}.",
    )


@caveat(
    "too-few-launches",
    invalidates_when=f"fewer than {NEEDED_LAUNCHES} launches of the servers could be used",
)
def too_few_launches(*, launches: int, needed: int) -> tuple[str, str]:
    """So few launches of the servers were of use that their luck is unknown."""
    return (
        f"Only {launches} launches of the servers could be used; a verdict needs {needed}.",
        "Find out why requests fail, and give the comparison more --rounds.",
    )


@caveat(
    "too-few-rounds", invalidates_when=f"fewer than {NEEDED_ROUNDS} rounds of blocks were taken"
)
def too_few_rounds(*, rounds: int, users: int, needed: int) -> tuple[str, str]:
    """A run in blocks ended before there was enough to judge by."""
    return (
        (
            f"Only {rounds} rounds of blocks were taken with {in_users(users)}; "
            f"a verdict needs {needed}."
        ),
        "Give the run more time with --budget.",
    )


@caveat(
    "too-few-rounds",
    invalidates_when=f"fewer than {NEEDED_ROUNDS} rounds of an open model were taken",
)
def too_few_stretches(*, rounds: int, needed: int) -> tuple[str, str]:
    """A run of the open model ended before there was enough to judge by."""
    return (
        f"Only {rounds} rounds were taken, draining included; a verdict needs {needed}.",
        "Give the run more time with --budget, or a lower --rate if queues are long.",
    )
