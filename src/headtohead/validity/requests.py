"""Caveats about measured requests and their bodies."""

from headtohead.validity.rule import caveat


@caveat("request-errors", invalidates_when="any measured request failed")
def request_errors(*, variant: str, errors: int, requests: int, example: str) -> tuple[str, str]:
    """Some measured requests failed, so their times are those of an error page."""
    return (
        f"{errors} of {requests} requests to {variant} failed ({example}).",
        "Read the API's log (`h2h status` shows where) and run again once it is fixed.",
    )


@caveat(
    "variant-not-applied",
    invalidates_when="the server did not confirm the variant of a measured request",
)
def variant_not_applied(*, variant: str, requests: int) -> tuple[str, str]:
    """The server did not confirm that the chosen variant served the request."""
    return (
        f"The server did not confirm {variant} on {requests} measured requests.",
        "Check that experiments are switched on and that the view calls the seam.",
    )


@caveat("body-changed", invalidates_when="a body differed from the first one of the measurement")
def body_changed(*, changed: int, requests: int) -> tuple[str, str]:
    """Bodies changed during the run, so the arms did not do the same work throughout."""
    return (
        f"{changed} of {requests} responses had a different body from the first one.",
        "Let nothing else write to the database while measuring.",
    )


@caveat("bodies-differ", weakens_when="the two revisions answered differently")
def bodies_differ(*, where: str) -> tuple[str, str]:
    """The two revisions give different answers, so their times are those of different work."""
    return (
        f"The revisions answer differently ({where}).",
        "Check whether this is intended: the times are those of different answers.",
    )


@caveat("bodies-vary", weakens_when="one revision answered the same request differently")
def bodies_vary(*, where: str) -> tuple[str, str]:
    """The same revision answers the same request differently."""
    return (
        f"One revision answers the same request differently each time ({where}).",
        "What changes by itself is left out where answers of the two revisions are compared.",
    )
