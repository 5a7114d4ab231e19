"""The load generator's process, seen from the run that started it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from headtohead.errors import MeasurementError
from headtohead.host.cores import available_cores, generator_cores
from headtohead.load.control.child_process import ChildProcess, child_process
from headtohead.load.messages.encoding import DONE, to_named_line
from headtohead.load.messages.latency import Pair, PairPlan
from headtohead.load.messages.open_model import OpenPlan, Stretch
from headtohead.load.messages.throughput import BlockBatch, BlockPlan
from headtohead.records.encoding import decode

Batch = TypeVar("Batch")


class LoadGenerator:
    """A running generator.

    Args:
        process: The process.
    """

    def __init__(self, process: ChildProcess) -> None:
        self._process = process

    @property
    def process_id(self) -> int:
        """The generator's process."""
        return self._process.id

    def start(self, plan: PairPlan | BlockPlan | OpenPlan) -> None:
        """Hand over a plan, when the one before is done; requests begin to flow."""
        self._process.say(to_named_line(plan))

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
        self._process.say(str(variant))

    def _reported(self, kind: type[Batch]) -> Iterator[Batch]:
        while line := self._process.hear():
            if line.rstrip() == DONE:
                return
            yield decode(line, kind)
        raise MeasurementError(
            f"the load generator ended early ({self._process.last_words()})",
            fix="run again, and report it if it recurs",
        )


@contextmanager
def load_generator() -> Iterator[LoadGenerator]:
    """Start a generator that waits for its plan; it is gone when the block ends."""
    with child_process("process", cores=generator_cores(available_cores())) as process:
        yield LoadGenerator(process)
