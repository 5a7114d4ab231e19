"""Interrupts: held back at critical moments, and never lost."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

# Soon for a person, late enough for the callback that swallowed the interrupt to be over.
ASK_AGAIN_AFTER = 0.02
# What may ask this process to end; the alarm is that of `interrupts_not_lost`.
_ASK_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)


def interrupt_once(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """A signal's handler: raise KeyboardInterrupt, and let nothing cut short what that ends.

    A terminal that closes sends more than one signal, and people press Ctrl-C again. A second
    interrupt would strike wherever the first one's clean-up has come to.
    """
    for each in _ASK_TO_END:
        if signal.getsignal(each) is interrupt_once:
            signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def interrupts_end_only_this() -> Iterator[None]:
    """Let Ctrl-C end the block, which is a wait that may be cut, and nothing after it."""
    previous = {
        each: signal.signal(each, signal.default_int_handler)
        for each in _ASK_TO_END
        if signal.getsignal(each) is interrupt_once
    }
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def interrupts_not_lost() -> Iterator[None]:
    """Raise KeyboardInterrupt again where Python had to drop it.

    Python cannot raise in a finaliser, nor in the callback that ends each import; it prints
    "Exception ignored" there and goes on as if nobody had pressed Ctrl-C.
    """
    shown = sys.unraisablehook

    def ask_again(unraisable: "sys.UnraisableHookArgs") -> None:
        if unraisable.exc_type is KeyboardInterrupt:
            signal.setitimer(signal.ITIMER_REAL, ASK_AGAIN_AFTER)
        else:
            shown(unraisable)

    alarm = signal.signal(signal.SIGALRM, signal.default_int_handler)
    sys.unraisablehook = ask_again
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = shown
        signal.signal(signal.SIGALRM, alarm)


@contextmanager
def interrupted_afterwards() -> Iterator[None]:
    """Let Ctrl-C strike at the end of the block, when a process that starts in it is known."""
    caught: list[int] = []
    previous = {
        each: signal.signal(each, lambda number, _: caught.append(number))
        for each in _ASK_TO_END
        if signal.getsignal(each) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if caught:
        raise KeyboardInterrupt


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a second Ctrl-C, or a terminal that closes, wait until the servers are down."""
    previous = {each: signal.signal(each, signal.SIG_IGN) for each in _ASK_TO_END}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
