"""The clock of a generator, which nobody sets while it measures."""

from time import perf_counter, time

_STARTED = time() - perf_counter()


def now() -> float:
    """Seconds since the epoch, by the time that this process began: however the clock is set since.

    With one that is set back, a request would lie in another block than the one that it was sent
    in, and what is to last a second could last an hour.
    """
    return _STARTED + perf_counter()
