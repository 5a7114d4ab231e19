"""Processes of ours that put load on: started where they may run, gone when they are done with."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from headtohead.cores import Cores, starting_on


@contextmanager
def child_process(
    module: str, *arguments: str, cores: Cores, errors: IO[str]
) -> "Iterator[subprocess.Popen[str]]":
    """Run a module of this package until the block ends, with text pipes.

    The process has a session of its own, so that Ctrl-C reaches it only through this block.

    Args:
        module: Its name in `headtohead.load`.
        arguments: What it is given.
        cores: Where it runs.
        errors: The file its standard error goes to.
    """
    caught: list[int] = []
    with starting_on(cores), _noting_interrupts(caught):
        process = subprocess.Popen(
            [sys.executable, "-m", f"headtohead.load.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
    with process:
        try:
            if caught:
                raise KeyboardInterrupt
            yield process
        finally:
            process.kill()


@contextmanager
def _noting_interrupts(caught: list[int]) -> Iterator[None]:
    """Keep Ctrl-C from striking between the start of a process and our knowing of it."""
    previous = {
        number: signal.signal(number, lambda number, _: caught.append(number))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
