"""Caveats about measured requests and their bodies."""

from headtohead.records.results import Caveat


def request_errors(*, variant: str, errors: int, requests: int, example: str) -> Caveat:
    """Some measured requests failed, so their times are those of an error page."""
    return Caveat(
        code="request-errors",
        message=f"{errors} of {requests} requests to {variant} failed ({example}).",
        advice="Read the API's log (`h2h status` shows where) and run again once it is fixed.",
        invalidates=True,
    )


def variant_not_applied(*, variant: str, requests: int) -> Caveat:
    """The server did not confirm that the chosen variant served the request."""
    return Caveat(
        code="variant-not-applied",
        message=f"The server did not confirm {variant} on {requests} measured requests.",
        advice="Check that experiments are switched on and that the view calls the seam.",
        invalidates=True,
    )


def body_changed(*, changed: int, requests: int) -> Caveat:
    """Bodies changed during the run, so the arms did not do the same work throughout."""
    return Caveat(
        code="body-changed",
        message=f"{changed} of {requests} responses had a different body from the first one.",
        advice="Let nothing else write to the database while measuring.",
        invalidates=True,
    )


def bodies_differ(*, where: str) -> Caveat:
    """The two revisions give different answers, so their times are those of different work."""
    return Caveat(
        code="bodies-differ",
        message=f"The revisions answer differently ({where}).",
        advice="Check whether this is intended: the times are those of different answers.",
        invalidates=False,
    )


def bodies_vary(*, where: str) -> Caveat:
    """The same revision answers the same request differently."""
    return Caveat(
        code="bodies-vary",
        message=f"One revision answers the same request differently each time ({where}).",
        advice="It cannot be told whether the two revisions give equal answers.",
        invalidates=False,
    )
