"""What a request did is added to the metrics a little later, all that came meanwhile at once.

For a single request, the code and data of the metrics are out of the processor's caches: adding it
took ten times as long as it does in a row, and a client would wait for it.
"""

import atexit
import os
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from threading import Event, Lock, Thread
from typing import Any

from headtohead.django.observation import Observation
from headtohead.django.settings import is_brought_in

_SECONDS = 0.1

# Whoever measures need not have prometheus_client, and then nothing is counted. Nor is it where h2h
# was brought in: the project's metrics are to be its own.
_metrics: Any = (
    import_module("headtohead.django.prometheus.metrics")
    if find_spec("prometheus_client") and not is_brought_in()
    else None
)


class Recorder:
    """A thread that makes additions to metrics; the first one starts it."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin again: a forked process has what its parent is about to add, and no thread."""
        self._additions: deque[Callable[[], None]] = deque()
        self._waiting = Event()
        self._recording = Lock()
        self._started = False

    def add(self, addition: Callable[[], None]) -> None:
        """Have an addition made within a tenth of a second."""
        self._additions.append(addition)
        if not self._waiting.is_set():
            self._waiting.set()
            self._start()

    def flush(self) -> None:
        """Make those that wait at once."""
        with self._recording:
            while self._additions:
                self._additions.popleft()()

    def _start(self) -> None:
        with self._recording:
            started, self._started = self._started, True
        if not started:
            Thread(target=self._run, name="headtohead-metrics", daemon=True).start()

    def _run(self) -> None:
        while self._waiting.wait():
            time.sleep(_SECONDS)
            # Before it is looked at, so that what comes later is waited for again.
            self._waiting.clear()
            self.flush()


RECORDER = Recorder()


def add_request(
    labels: tuple[str, str, str], observation: Observation, *, status: int, seconds: float
) -> None:
    """Have a request added to the metrics.

    Args:
        labels: Experiment, variant and route; the caller keeps them bounded.
        observation: What it took.
        status: Of the response.
        seconds: Until there was one.
    """
    if _metrics:
        RECORDER.add(partial(_metrics.record, labels, observation, status, seconds))


def add_invalidations(keys: int) -> None:
    """Count cache keys that were deleted."""
    if _metrics:
        _metrics.INVALIDATIONS.inc(keys)


os.register_at_fork(after_in_child=RECORDER.begin)
atexit.register(RECORDER.flush)
