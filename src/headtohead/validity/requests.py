"""Caveats about measured requests and their bodies."""

from headtohead.records.results import Caveat


def request_errors(*, variant: str, errors: int, requests: int, example: str) -> Caveat:
    """Some measured requests failed, so their times are those of an error page."""
    return Caveat(
        code="request-errors",
        message=f"{errors} of {requests} requests to {variant} failed ({example}).",
        advice="Read the API's log (`h2h status` shows where) and run again once it is mended.",
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
        message=f"{changed} of {requests} responses had another body than the first one.",
        advice="Keep other writers away from the database while measuring.",
        invalidates=True,
    )


def bodies_differ(*, where: str) -> Caveat:
    """Two revisions say different things, so their times are those of different answers."""
    return Caveat(
        code="bodies-differ",
        message=f"The revisions answer differently ({where}).",
        advice="See whether that was meant; the times are those of different answers.",
        invalidates=False,
    )


def bodies_vary(*, where: str) -> Caveat:
    """The same revision answers the same request differently."""
    return Caveat(
        code="bodies-vary",
        message=f"One and the same revision answers differently from time to time ({where}).",
        advice="Nothing can be said of whether the revisions answer alike.",
        invalidates=False,
    )
