"""Requests that are kept up while something breaks."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import urllib3

# Seconds after which a client gives up.
CLIENT_PATIENCE = 20.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client got for one request.

    Attributes:
        status: The status; 0 where no answer came.
        seconds: How long it took.
        began: Seconds since the load began.
        headers: The answer's.
        body: The answer's.
    """

    status: int
    seconds: float
    began: float
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Client:
    """Sends requests to a server, each on a connection that may be used again.

    Attributes:
        url: The server's.
        headers: Sent with each request.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    pool: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(retries=False, maxsize=16)
    )

    def send(
        self, method: str, path: str, *, body: object = None, began: float = 0.0, **headers: str
    ) -> Answer:
        """Send one request; a body is bytes, pieces of them, or what is sent as JSON."""
        given = {**self.headers, **{name.replace("_", "-"): each for name, each in headers.items()}}
        if body is not None and not isinstance(body, bytes | Iterator):
            body = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        started = time.monotonic()
        try:
            answer = self.pool.request(
                method, f"{self.url}{path}", body=body, headers=given, timeout=CLIENT_PATIENCE
            )
        except urllib3.exceptions.HTTPError:
            return Answer(status=0, seconds=time.monotonic() - started, began=began)
        return Answer(
            status=answer.status,
            seconds=time.monotonic() - started,
            began=began,
            headers=dict(answer.headers),
            body=answer.data,
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.send("POST", path, body=body, **headers)


@dataclass
class Load:
    """What came of the requests that were kept up."""

    answers: list[Answer] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def statuses(self) -> Counter[int]:
        return Counter(each.status for each in self.answers)

    def slowest(self) -> float:
        return max(each.seconds for each in self.answers)


@contextmanager
def kept_up(send: Callable[[int, float], Answer], *, clients: int) -> Iterator[Load]:
    """Clients that send one request after another until the block ends.

    Args:
        send: Sends a request; it is given the number of its client, and seconds since the start.
        clients: How many there are.
    """
    load = Load()
    ended = threading.Event()

    def keep_on(number: int) -> None:
        while not ended.is_set():
            load.answers.append(send(number, time.monotonic() - load.began))

    threads = [threading.Thread(target=keep_on, args=(each,)) for each in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        ended.set()
        for thread in threads:
            thread.join()
