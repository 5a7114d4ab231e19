"""How long a response really took its server: up to its last byte, which no header can tell.

A header is written before the response is sent, so the next one tells it. That is right where one
client sends one request after another, as trials of known effects do.
"""

import threading
from time import perf_counter
from typing import Any

from django.core.signals import request_finished

_request = threading.local()
_last_seconds: float | None = None


def last_seconds() -> float | None:
    """What the last timed response took to its last byte; None where there was none."""
    return _last_seconds


def time_response(*, started: float) -> None:
    """Time the response to this thread's request from `started`, a reading of `perf_counter`."""
    _request.started = started


def _sent(**_: Any) -> None:
    global _last_seconds  # noqa: PLW0603 (one client, one request at a time)
    started = getattr(_request, "started", None)
    if started is not None:
        _last_seconds = perf_counter() - started
        _request.started = None


# WSGI servers close a response once it is sent, and Django says so.
request_finished.connect(_sent)
