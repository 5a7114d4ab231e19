"""The Locust user that sends requests to arms, on which those of every mode build."""

import zlib
from collections.abc import Mapping
from typing import Any

from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment
from locust.event import EventHook, Events

from headtohead.load.generator.http_client import LeanUser
from headtohead.load.messages.arm import CONNECTION_SECONDS, NETWORK_SECONDS, Arm, Sample
from headtohead.protocol.server_timing import HEADER

# The key of a request's Locust context under which its sender waits for the sample.
SAMPLES = "headtohead_samples"


def listen_alone(events: Events) -> None:
    """Record samples, and keep Locust's own statistics from being kept beside them.

    They take time on every request. Where samples are reported nobody looks at them. To be called
    once the runner, who subscribes them, is there, and before it starts users.
    """
    events.request = EventHook()  # type: ignore[no-untyped-call]
    events.request.add_listener(record_sample)  # type: ignore[no-untyped-call]


def record_sample(
    *,
    name: str,
    start_time: float,
    response_time: float,
    response_length: int,
    response: Any,
    exception: BaseException | None,
    context: Mapping[str, Any],
    **_: Any,
) -> None:
    """Listener of Locust's request event: hand the sample to the sender that waits for it.

    Locust stops its clock before it calls, so what is done here is not measured.
    """
    if SAMPLES not in context:
        return
    # Of a response without an answer these are None; asking whether there are any counts them all.
    headers = {} if response.headers is None else response.headers
    context[SAMPLES].append(
        Sample(
            identity=name,
            started=start_time,
            milliseconds=response_time,
            body_bytes=response_length,
            checksum=zlib.crc32(response.content or b""),
            server_timing=headers.get(HEADER, ""),
            error=repr(exception) if exception else "",
        )
    )


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
