"""A circuit breaker: what does not answer is left alone for a while (Nygard, Release It!, 2007)."""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Decides whether to call a server that may be down; threads share one.

    Closed, it lets every call through. After some failures in a row it opens and lets none through,
    so that requests do not wait for time-outs one after another. When a pause is over, it lets one
    call through: if that goes well it closes, otherwise another pause begins.
    """

    def __init__(
        self, *, failures: int, pause: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin closed.

        Args:
            failures: How many in a row open it.
            pause: Seconds without a call once it is open.
            clock: Seconds that only ever grow.
        """
        self._most_failures = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._left_alone_until = 0.0

    def allows(self) -> bool:
        """Whether to make a call now; whoever makes it says how it went."""
        with self._lock:
            if self._failures < self._most_failures:
                return True
            now = self._clock()
            if now < self._left_alone_until:
                return False
            # The others wait for what this one finds.
            self._left_alone_until = now + self._pause
            return True

    def succeeded(self) -> None:
        """A call went well."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """A call went wrong."""
        with self._lock:
            self._failures += 1
            self._left_alone_until = self._clock() + self._pause
