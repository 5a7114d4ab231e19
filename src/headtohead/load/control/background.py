"""Background load: journeys that run beside what is measured, seen from the run that wants them."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from headtohead.errors import ConfigurationError
from headtohead.host.cores import Cores
from headtohead.load.control.child_process import child_process, last_words
from headtohead.load.plans.background import BackgroundPlan, BackgroundTally
from headtohead.load.plans.encoding import from_json, to_json


class BackgroundLoad:
    """A process whose users are on their way.

    Args:
        process: The process, with text pipes for standard input and output.
        errors: The file its standard error goes to.
    """

    def __init__(self, process: "subprocess.Popen[str]", *, errors: IO[str]) -> None:
        self._process = process
        self._errors = errors

    def start(self, plan: BackgroundPlan) -> None:
        """Set all users on their way and wait until each of them is.

        Raises:
            ConfigurationError: There are none, or their module cannot be imported.
        """
        if self._answer_to(to_json(plan)) is None:
            raise ConfigurationError(
                f"background load of {plan.module} cannot be put on ({self.last_words()})",
                fix="fix the module; plain `locust -f` shows more",
            )

    def tally(self) -> BackgroundTally | None:
        """What has been done so far; None where the process has ended."""
        return self._answer_to("")

    def last_words(self) -> str:
        """What a process that has ended said last."""
        return last_words(self._errors)

    def _answer_to(self, line: str) -> BackgroundTally | None:
        assert self._process.stdin is not None  # noqa: S101 (it was opened as a pipe)
        assert self._process.stdout is not None  # noqa: S101 (it was opened as a pipe)
        if self._process.stdin.closed:
            return None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # What could not be said would be said again when the pipe is closed.
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            return None
        answer = self._process.stdout.readline()
        return from_json(answer, BackgroundTally) if answer else None


@contextmanager
def background_load(plan: BackgroundPlan, *, cores: Cores) -> Iterator[BackgroundLoad]:
    """Put background load on until the block ends, however it ends.

    Args:
        plan: What load.
        cores: Where the process runs.

    Raises:
        ConfigurationError: It cannot be put on.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        child_process("background", cores=cores, errors=errors) as process,
    ):
        load = BackgroundLoad(process, errors=errors)
        load.start(plan)
        yield load
