"""The load generator's process, seen from the run that started it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TypeVar

from headtohead.errors import MeasurementError
from headtohead.host.cores import available_cores, generator_cores, starting_on
from headtohead.load.control.child_process import last_words
from headtohead.load.plans.encoding import DONE, from_json, to_json
from headtohead.load.plans.latency import Pair, PairPlan
from headtohead.load.plans.open_model import OpenPlan, Stretch
from headtohead.load.plans.throughput import BlockBatch, BlockPlan

Batch = TypeVar("Batch")


class LoadGenerator:
    """A running generator.

    Args:
        process: The process, with text pipes for standard input and output.
        errors: The file its standard error goes to.
    """

    def __init__(self, process: "subprocess.Popen[str]", *, errors: IO[str]) -> None:
        self._process = process
        self._errors = errors

    @property
    def process_id(self) -> int:
        """The generator's process."""
        return self._process.pid

    def start(self, plan: PairPlan | BlockPlan | OpenPlan) -> None:
        """Hand over a plan, when the one before is done; requests begin to flow."""
        self._say(to_json(plan))

    def batches(self) -> Iterator[list[Pair]]:
        """Pairs as they are reported, a few times a second, until the plan is done.

        Raises:
            MeasurementError: The process ended before its plan did.
        """
        return self._reported(list[Pair])

    def block_batches(self) -> Iterator[BlockBatch]:
        """Blocks and their requests as they are reported at every switch, until the plan is done.

        Raises:
            MeasurementError: The process ended before its plan did.
        """
        return self._reported(BlockBatch)

    def stretches(self) -> Iterator[Stretch]:
        """Stretches of the open model as they end, until the plan is done.

        Raises:
            MeasurementError: The process ended before its plan did.
        """
        return self._reported(Stretch)

    def close_comparison(self, variant: int) -> None:
        """Take no more pairs for this variant of the plan."""
        self._say(str(variant))

    def _reported(self, kind: type[Batch]) -> Iterator[Batch]:
        assert self._process.stdout is not None  # noqa: S101 (it was opened as a pipe)
        for line in self._process.stdout:
            if line.rstrip() == DONE:
                return
            yield from_json(line, kind)
        self._process.wait()
        raise MeasurementError(
            f"the load generator ended early ({last_words(self._errors)})",
            fix="run again, and report it if it recurs",
        )

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 (it was opened as a pipe)
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # It has ended; `batches` says how.
            return


@contextmanager
def load_generator() -> Iterator[LoadGenerator]:
    """Start a generator that waits for its plan; it is gone when the block ends, however it ends.

    The process has a session of its own, so that Ctrl-C reaches it only through this block.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        with starting_on(generator_cores(available_cores())):
            process = subprocess.Popen(
                [sys.executable, "-m", "headtohead.load.generator.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        try:
            yield LoadGenerator(process, errors=errors)
        finally:
            process.kill()
            process.communicate()
