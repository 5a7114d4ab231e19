"""A generator ends with the process that started it, whatever ends that one."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gevent.monkey import get_original

from headtohead.errors import ExitCode

_PR_SET_PDEATHSIG = 1  # of Linux' sys/prctl.h


def end_with_parent() -> None:
    """Let this process end at once when the one that started it ends, even by SIGKILL.

    Linux sends it SIGKILL then. If the parent ended before that was asked for, or the system is
    another one, the pipes tell: nobody reads them or writes to them any more. They are watched by
    a thread outside gevent, which waits in the kernel: a request that hangs, or a user's greenlet
    that swallows the error of a closed pipe, does not hide it, and measuring pays nothing for it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    watched = [sys.stdin.fileno(), sys.stdout.fileno()]
    get_original("_thread", "start_new_thread")(_end_when_closed, (watched,))


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Let the system end this process if the block takes longer, whatever it hangs in."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def end_unheard() -> None:
    """End at once: nobody takes what this process says."""
    os._exit(ExitCode.INTERRUPTED)


def _end_when_closed(descriptors: list[int]) -> None:
    pipes = get_original("select", "poll")()
    for each in descriptors:
        # No events: what is told whether asked for or not is that the other end is closed.
        pipes.register(each, 0)
    with suppress(OSError):
        pipes.poll()
        end_unheard()
