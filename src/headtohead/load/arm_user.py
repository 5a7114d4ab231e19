"""The Locust user that sends requests to arms, on which those of every mode build."""

from collections.abc import Mapping
from typing import Any

from headtohead.load.lean import LeanUser
from headtohead.load.plan import CONNECTION_SECONDS, NETWORK_SECONDS, Arm


class ArmUser(LeanUser):
    """Sends the requests of arms. `record_sample` has to listen to the environment's events."""

    abstract = True
    connection_timeout = CONNECTION_SECONDS
    network_timeout = NETWORK_SECONDS

    def send(self, arm: Arm, *, context: Mapping[str, Any]) -> None:
        """Send an arm's request and wait for the answer; its sample goes where `context` says."""
        self.client.request(
            arm.method,
            arm.path,
            name=arm.identity,
            data=arm.body,
            headers=dict(arm.headers),
            allow_redirects=False,
            context=dict(context),
        )
