"""Journeys of people who sign in, and whose access token expires while they are about."""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from locust.exception import RescheduleTask

from loadtests.journey import Journey, TokenExpiredError, Valid

# That of the embedded database, unless the environment says otherwise (see pyproject.toml).
PASSWORD = os.environ.get("DEMO_PASSWORD") or "headtohead-demo"


class Account(Journey):
    """Somebody with an account, who signs in before anything else.

    An access token lasts five minutes, less than a visit may (`JWT_ACCESS_SECONDS` of the API
    changes that). When one no longer counts, the refresh token is exchanged and the request sent
    again, as a browser would. Whoever is refused there is signed out: a failure.

    Attributes:
        email: Whose account.
    """

    abstract = True
    email: ClassVar[str]

    def on_start(self) -> None:
        """Sign in; if that fails, the first request tries again."""
        self.tokens: Mapping[str, str] | None = None
        with suppress(RescheduleTask):
            self._sign_in()

    def ask_signed_in(
        self,
        path: str,
        *,
        route: str,
        valid: Valid,
        method: str = "GET",
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a request as who one is; for the arguments see `Journey.ask`.

        Raises:
            RescheduleTask: The answer is another one, or one is signed out.
        """
        request = {"path": path, "route": route, "valid": valid, "method": method, "body": body}
        try:
            return self.ask(**request, token=self._access(), may_expire=True)
        except TokenExpiredError:
            self._refresh()
            return self.ask(**request, token=self._access())

    def _access(self) -> str:
        return (self.tokens or self._sign_in())["access"]

    def _sign_in(self) -> Mapping[str, str]:
        self.tokens = self._exchange("login", email=self.email, password=PASSWORD)
        return self.tokens

    def _refresh(self) -> None:
        """Use the refresh token up; if that fails, there is nothing but to sign in again."""
        refresh, self.tokens = self.tokens["refresh"], None
        self.tokens = self._exchange("refresh", refresh=refresh)

    def _exchange(self, what: str, **given: str) -> Mapping[str, str]:
        path = f"/api/auth/{what}/"
        return self.ask(path, route=path, method="POST", body=given, valid=_is_pair)


def _is_pair(answer: Any) -> bool:
    return bool(answer["access"] and answer["refresh"])
