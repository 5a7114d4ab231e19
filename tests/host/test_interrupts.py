"""Ctrl-C where Python cannot raise it, and where it would leave a process behind."""

import signal
import sys
import time
import weakref

import pytest

from headtohead.host.interrupts import (
    interrupt_once,
    interrupted_afterwards,
    interrupts_end_only_this,
    interrupts_not_lost,
    uninterrupted,
)

PATIENCE = 10


class Finalised:
    """Something whose end runs a callback."""


def interrupt_in_a_callback() -> None:
    thing = Finalised()
    watching = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    assert watching() is None


def test_an_interrupt_that_a_callback_swallows_is_raised_after_it():
    with pytest.raises(KeyboardInterrupt), interrupts_not_lost():
        interrupt_in_a_callback()
        time.sleep(PATIENCE)


def test_a_swallowed_interrupt_waits_for_the_end_of_a_block_that_must_not_be_cut():
    ended = False
    with pytest.raises(KeyboardInterrupt), interrupts_not_lost(), interrupted_afterwards():
        interrupt_in_a_callback()
        time.sleep(0.1)
        ended = True
    assert ended


def test_other_ignored_exceptions_are_shown_as_before(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: seen.append(unraisable.exc_type))

    def fail(_: object) -> None:
        raise ValueError

    thing = Finalised()
    watching = weakref.ref(thing, fail)
    with interrupts_not_lost():
        del thing
    assert watching() is None
    assert seen == [ValueError]


def test_an_interrupt_strikes_once_at_the_end_of_a_block_that_must_not_be_cut():
    ended = False
    with pytest.raises(KeyboardInterrupt), interrupted_afterwards():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        ended = True
    assert ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM])
def test_nothing_that_asks_to_end_cuts_a_clean_up_short(number):
    before = signal.signal(number, signal.default_int_handler)
    try:
        with uninterrupted():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_an_interrupt_ends_is_not_cut_short_by_another(second):
    heeded = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, interrupt_once) for each in heeded}
    try:
        with interrupts_end_only_this():
            signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(second)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
