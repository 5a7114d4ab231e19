"""Background load: journeys that run beside what is measured, seen from the run that wants them."""

from collections.abc import Iterator
from contextlib import contextmanager

from headtohead.errors import ConfigurationError
from headtohead.host.cores import Cores
from headtohead.load.control.child_process import ChildProcess, child_process
from headtohead.load.messages.background import BackgroundPlan, BackgroundTally
from headtohead.load.messages.encoding import to_line
from headtohead.records.encoding import decode


class BackgroundLoad:
    """A process whose users are on their way.

    Args:
        process: The process.
    """

    def __init__(self, process: ChildProcess) -> None:
        self._process = process

    def start(self, plan: BackgroundPlan) -> None:
        """Set all users on their way and wait until each of them is.

        Raises:
            ConfigurationError: There are none, or their module cannot be imported.
        """
        if self._answer_to(to_line(plan)) is None:
            raise ConfigurationError(
                f"background load of {plan.module} cannot be put on ({self.last_words()})",
                fix="fix the module; plain `locust -f` shows more",
            )

    def tally(self) -> BackgroundTally | None:
        """What has been done so far; None where the process has ended."""
        return self._answer_to("")

    def last_words(self) -> str:
        """What a process that has ended said last."""
        return self._process.last_words()

    def _answer_to(self, line: str) -> BackgroundTally | None:
        answer = self._process.hear() if self._process.say(line) else ""
        return decode(answer, BackgroundTally) if answer else None


@contextmanager
def background_load(plan: BackgroundPlan, *, cores: Cores) -> Iterator[BackgroundLoad]:
    """Put background load on until the block ends, however it ends.

    Args:
        plan: What load.
        cores: Where the process runs.

    Raises:
        ConfigurationError: It cannot be put on.
    """
    with child_process("background", cores=cores) as process:
        load = BackgroundLoad(process)
        load.start(plan)
        yield load
