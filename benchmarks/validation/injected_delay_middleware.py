"""The middleware that delays a request which asks for it, second after the harness's own."""

import threading
import time
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponseBase

from benchmarks.validation.injected_delay import (
    BAGGAGE_DELAY,
    DelayKind,
    DelayTiming,
    InjectedDelay,
)
from headtohead.django.settings import is_authorised, server_settings
from headtohead.protocol.headers import baggage_members
from headtohead.protocol.server_timing import HEADER

_request = threading.local()
_last_seconds: float | None = None


class InjectedDelayMiddleware:
    """Delays authorised requests that ask for it, and says in `Server-Timing` what that took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve one request."""
        delay = _delay_of(request)
        if delay is None:
            return self._get_response(request)
        started = perf_counter()
        last = last_seconds()
        # First, so that what a wait does to the rest of the request, whose caches cool meanwhile,
        # is part of the time that the server tells.
        seconds = spend(delay)
        _request.started = started
        response = self._get_response(request)
        response[HEADER] = DelayTiming(
            delay_ms=seconds * 1000, last_ms=None if last is None else last * 1000
        ).to_header()
        return response


def spend(delay: InjectedDelay) -> float:
    """Spend at least the time that is asked for.

    Returns:
        The seconds it really took: a sleep always takes somewhat longer, and either is longer
        when another process gets the core meanwhile.
    """
    started = perf_counter()
    seconds = delay.microseconds / 1e6
    if delay.kind is DelayKind.SLEEP:
        time.sleep(seconds)
    else:
        while perf_counter() - started < seconds:
            pass
    return perf_counter() - started


def last_seconds() -> float | None:
    """What the last delayed response took to its last byte; None where there was none.

    A header is written before the response is sent, so the next one tells it. That is right where
    one client sends one request after another, as trials of known effects do.
    """
    return _last_seconds


def _delay_of(request: HttpRequest) -> InjectedDelay | None:
    if not (server_settings().experiments and is_authorised(request)):
        return None
    member = baggage_members(request.META.get("HTTP_BAGGAGE", "")).get(BAGGAGE_DELAY)
    return InjectedDelay.from_member(member) if member else None


def _sent(**_: Any) -> None:
    global _last_seconds  # noqa: PLW0603 (one client, one request at a time)
    started = getattr(_request, "started", None)
    if started is not None:
        _last_seconds = perf_counter() - started
        _request.started = None


# WSGI servers close a response once it is sent, and Django says so.
request_finished.connect(_sent)
