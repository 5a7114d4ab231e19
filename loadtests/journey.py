"""What all journeys share: the pace of people, and what counts as an answer.

    h2h up
    locust -f loadtests/scenarios/shop.py

Pace and weights are those of the shopping mix of TPC-W 1.8 (Transaction Processing Performance
Council, 2002), whose shop has pages like these: of a hundred interactions 43 look around, 37 search
and 20 order, and one in five hundred edits a product. People think for seven seconds on average
between two of them, for times that are distributed exponentially and never above 70.
"""

import os
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from random import expovariate
from typing import Any

from locust import FastHttpUser, events
from locust.exception import RescheduleTask

from headtohead.config_loading import load_config
from headtohead.load.messages.arm import CONNECTION_SECONDS, NETWORK_SECONDS
from headtohead.stack import lifecycle
from headtohead.stack.settings import stack_settings

THINKING_SECONDS = 7.0
LONGEST_THINKING_SECONDS = 70.0

Valid = Callable[[Any], bool]


class TokenExpiredError(Exception):
    """The access token that was sent no longer counts."""


class Journey(FastHttpUser):
    """Somebody who looks at an answer before the next request."""

    abstract = True
    connection_timeout = CONNECTION_SECONDS
    network_timeout = NETWORK_SECONDS

    def wait_time(self) -> float:
        """How long an answer is looked at, in seconds."""
        return min(expovariate(1 / THINKING_SECONDS), LONGEST_THINKING_SECONDS)

    def ask(
        self,
        path: str,
        *,
        route: str,
        valid: Valid,
        method: str = "GET",
        body: Mapping[str, Any] | None = None,
        token: str = "",
        may_expire: bool = False,
    ) -> Any:
        """Send a request and return what the answer holds.

        Args:
            path: Path and query.
            route: What statistics count it under.
            valid: Whether the answer is one to this request.
            method: Its method.
            body: What is sent as JSON.
            token: The access token.
            may_expire: Whether it is no failure if the token no longer counts.

        Raises:
            RescheduleTask: The answer is another one; it is counted as a failure, and whoever
                asked gives up what he was about to do.
            TokenExpiredError: The token no longer counts, which is no failure.
        """
        with self.client.request(
            method,
            path,
            name=route,
            json=body,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            catch_response=True,
        ) as response:
            if may_expire and response.status_code == HTTPStatus.UNAUTHORIZED:
                response.success()
                raise TokenExpiredError
            answer, problem = read_answer(response, valid=valid)
            if problem:
                response.failure(problem)
        if problem:
            raise RescheduleTask
        return answer


def is_page(answer: Any) -> bool:
    """Whether an answer is a page of a list that has rows."""
    return len(answer["results"]) > 0


def read_answer(response: Any, *, valid: Valid) -> tuple[Any, str]:
    """What an answer holds, and what is wrong with it."""
    if not HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        # Where nothing answered there is no status either.
        status = response.status_code
        return None, f"status {status}" if status else repr(response.error)
    try:
        answer = response.json()
        return answer, "" if valid(answer) else "an answer to something else"
    except (LookupError, TypeError, ValueError) as error:
        return None, f"not the answer there should be: {error!r}"


@events.init.add_listener
def find_stack(environment: Any, **_: Any) -> None:
    """Send plain Locust's requests to the local stack, unless --host names another server."""
    if environment.host is None:
        config = load_config(start=Path(__file__).parent, environment=os.environ, flags={})
        running = lifecycle.status(stack_settings(config))
        environment.host = running.api_url if running else None
