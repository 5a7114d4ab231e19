"""Child processes that generate load: started on their cores, gone when the block ends."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from headtohead.host.cores import Cores, starting_on
from headtohead.host.interrupts import interrupted_afterwards


class ChildProcess:
    """A process that is talked with, line by line.

    Args:
        process: The process, with text pipes for standard input and output.
        errors: The file its standard error goes to.
    """

    def __init__(self, process: "subprocess.Popen[str]", *, errors: IO[str]) -> None:
        assert process.stdin is not None  # noqa: S101 (they were opened as pipes)
        assert process.stdout is not None  # noqa: S101 (as above)
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._errors = errors

    @property
    def id(self) -> int:
        """Its process id."""
        return self._process.pid

    def say(self, line: str) -> bool:
        """Write a line to it; False where it has ended, and then `last_words` says how."""
        if self._stdin.closed:
            return False
        try:
            self._stdin.write(line + "\n")
            self._stdin.flush()
        except BrokenPipeError:
            # What could not be said would be said again when the pipe is closed.
            with suppress(BrokenPipeError):
                self._stdin.close()
            return False
        return True

    def hear(self) -> str:
        """The next line that it writes; empty where it has ended."""
        line = self._stdout.readline()
        if not line:
            self._process.wait()
        return line

    def dismiss(self, *, seconds: float) -> None:
        """Say no more, and give it some time to end by itself."""
        with suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self._stdin.close()
            self._process.wait(timeout=seconds)

    def last_words(self) -> str:
        """The last line that it wrote to its standard error."""
        self._errors.seek(0)
        return (self._errors.read().strip().splitlines() or ["without a word"])[-1]


@contextmanager
def child_process(module: str, *arguments: str, cores: Cores) -> Iterator[ChildProcess]:
    """Run a module of the generator until the block ends, however it ends.

    The process has a session of its own, so that Ctrl-C reaches it only through this block.

    Args:
        module: Its name in `headtohead.load.generator`.
        arguments: What it is given.
        cores: Where it runs.
    """
    with ExitStack() as resources:
        errors = resources.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
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
        yield ChildProcess(process, errors=errors)
