"""Child processes that generate load: started on their cores, gone when the block ends."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from headtohead.host.cores import Cores, starting_on
from headtohead.host.interrupts import interrupted_afterwards


@contextmanager
def child_process(
    module: str, *arguments: str, cores: Cores, errors: IO[str]
) -> "Iterator[subprocess.Popen[str]]":
    """Run a module of the generator until the block ends, with text pipes.

    The process has a session of its own, so that Ctrl-C reaches it only through this block.

    Args:
        module: Its name in `headtohead.load.generator`.
        arguments: What it is given.
        cores: Where it runs.
        errors: The file its standard error goes to.
    """
    with ExitStack() as resources:
        with starting_on(cores), interrupted_afterwards():
            process = resources.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", f"headtohead.load.generator.{module}", *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,
                )
            )
            resources.callback(process.kill)  # before it is waited for
        yield process


def last_words(errors: IO[str]) -> str:
    """The last line that a process wrote to the file of its standard error."""
    errors.seek(0)
    return (errors.read().strip().splitlines() or ["without a word"])[-1]
