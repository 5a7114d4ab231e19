"""Wasting time on purpose, so that the harness can be tried on effects of known size."""

import time
from time import perf_counter

from headtohead.handicap import Handicap, HandicapKind


def spend(handicap: Handicap) -> float:
    """Waste at least the time that is asked for.

    Returns:
        The seconds it really took: a sleep always takes somewhat longer, and either is longer
        when another process gets the core meanwhile.
    """
    started = perf_counter()
    seconds = handicap.microseconds / 1e6
    if handicap.kind is HandicapKind.SLEEP:
        time.sleep(seconds)
    else:
        while perf_counter() - started < seconds:
            pass
    return perf_counter() - started
