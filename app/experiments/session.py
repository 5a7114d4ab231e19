"""An access token that lasts is stolen for long; one that is short-lived needs a successor.

Nothing is timed: staying signed in takes one exchange in five minutes, and no two answers to it are
alike. An audit counts whom the server signs out in mid-visit, with tokens that last two seconds, so
that it takes seconds and not minutes.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from time import monotonic, sleep

from headtohead.audit import AuditedVariant, Fact
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment, Request, Server, Variant

ACCESS_SECONDS = 2
# What seeded accounts sign in with, unless h2h was told otherwise.
PASSWORD = os.environ.get("DEMO_PASSWORD") or "headtohead-demo"
VISITORS = 8
# A visit ends when so many tokens have expired in it.
EXPIRIES = 2
LONGEST_VISIT_SECONDS = 60.0
LOOK_SECONDS = 0.05


def refresh_refused(*, token: str) -> None:
    """Give a token no successor.

    Raises:
        InvalidTokenError: Always.
    """
    from app.accounts.errors import InvalidTokenError  # noqa: PLC0415 (needs Django)

    raise InvalidTokenError


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What became of a visitor.

    Attributes:
        expired: How many access tokens expired on the way.
        signed_out: Whether there was no way to go on but to sign in again.
    """

    expired: int
    signed_out: bool


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Let customers look at their accounts at the same time until their tokens have expired."""
    visits = variant.concurrently(
        [partial(_visit, variant, number) for number in range(1, VISITORS + 1)], users=VISITORS
    )
    expired = sum(visit.expired for visit in visits)
    signed_out = sum(visit.signed_out for visit in visits)
    lesson = variant.variant_name == SESSION.baseline.name
    yield Fact(
        name=f"access tokens of {VISITORS} users that expired in mid-session",
        value=expired,
        expected=f"at least {VISITORS}",
        holds=expired >= VISITORS,
    )
    yield Fact(
        name=f"users signed out of {VISITORS}",
        value=signed_out,
        expected="more than 0: the lesson" if lesson else "0",
        holds=signed_out > 0 if lesson else signed_out == 0,
    )


def _visit(variant: AuditedVariant, number: int) -> Visit:
    """Ask again and again who one is, and exchange the refresh token whenever that is refused."""
    email = f"customer{number}@shop.example"
    tokens = _post(variant, "login", email=email, password=PASSWORD)
    if tokens is None:
        raise MeasurementError(
            f"{variant.identity}: {email} cannot sign in", fix="unset DEMO_PASSWORD"
        )
    expired = 0
    latest = monotonic() + LONGEST_VISIT_SECONDS
    while expired < EXPIRIES and monotonic() < latest:
        if _send(variant, Request(path="/api/auth/me/", headers=_bearer(tokens))) is not None:
            sleep(LOOK_SECONDS)
            continue
        expired += 1
        tokens = _post(variant, "refresh", refresh=tokens["refresh"])
        if tokens is None:
            return Visit(expired=expired, signed_out=True)
    return Visit(expired=expired, signed_out=False)


def _bearer(tokens: Mapping[str, str]) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {tokens['access']}"}


def _post(variant: AuditedVariant, what: str, **given: str) -> Mapping[str, str] | None:
    return _send(
        variant,
        Request(
            method="POST",
            path=f"/api/auth/{what}/",
            headers={"Content-Type": "application/json"},
            body=json.dumps(given),
        ),
    )


def _send(variant: AuditedVariant, request: Request) -> Mapping[str, str] | None:
    """What the answer says; None where one is not let in."""
    answer = variant.send(request)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return None
    if answer.status != HTTPStatus.OK:
        raise MeasurementError(
            f"{variant.identity}: {request.method} {request.path} is answered {answer.status}",
            fix="read the API's log in the stack's folder",
        )
    said: Mapping[str, str] = json.loads(answer.body)
    return said


SESSION = Experiment(
    name="session",
    question="Whom does a server sign out in mid-visit that exchanges no tokens?",
    request=Request(path="/api/auth/me/"),
    timed=False,
    seam="app.accounts.services.refresh",
    baseline=Variant(name="no-refresh", selector="app.experiments.session.refresh_refused"),
    variants=(Variant(name="refresh-rotation", selector="app.accounts.services.refresh"),),
    server=Server(environment={"JWT_ACCESS_SECONDS": str(ACCESS_SECONDS)}),
    audit="app.experiments.session.audit",
)
