"""The Locust user that sends requests to arms, on which those of every mode build."""

from collections.abc import Mapping
from typing import Any

from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment

from headtohead.load.lean import LeanUser
from headtohead.load.plan import CONNECTION_SECONDS, NETWORK_SECONDS, Arm


class ArmUser(LeanUser):
    """Sends the requests of arms. `record_sample` has to listen to the environment's events.

    An arm that names no base URL is served where Locust's host is.
    """

    abstract = True
    connection_timeout = CONNECTION_SECONDS
    network_timeout = NETWORK_SECONDS

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._clients: dict[str, FastHttpSession] = {"": self.client, self.host or "": self.client}

    def send(self, arm: Arm, *, context: Mapping[str, Any]) -> None:
        """Send an arm's request and wait for the answer; its sample goes where `context` says."""
        self._client_of(arm).request(
            arm.method,
            arm.path,
            name=arm.identity,
            data=arm.body,
            headers=dict(arm.headers),
            allow_redirects=False,
            context=dict(context),
        )

    def _client_of(self, arm: Arm) -> FastHttpSession:
        """The client that keeps a connection to the arm's server."""
        client = self._clients.get(arm.base_url)
        if client is None:
            # Only the local stack serves variants by servers of their own, and by plain HTTP.
            client = self._clients[arm.base_url] = self.lean_client(arm.base_url)
        return client
