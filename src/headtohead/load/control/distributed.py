"""Load from several processes, here or on other hosts, seen from the run that uses them."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from secrets import token_urlsafe
from typing import get_args

from headtohead.errors import ConfigurationError, MeasurementError
from headtohead.host.cores import Cores
from headtohead.load.control.child_process import ChildProcess, child_process
from headtohead.load.messages.distributed import (
    LOCAL,
    SECRET_VARIABLE,
    STOP,
    Assembly,
    BlocksDone,
    Delivery,
    Incomplete,
    MasterListening,
    NumberedBatch,
    Report,
    WorkerJoined,
    WorkerLost,
    WorkerRefused,
    WorkersAbsent,
    missing_of,
)
from headtohead.load.messages.encoding import from_named_line, to_line
from headtohead.load.messages.throughput import BlockBatch, BlockPlan

# How long to wait for the master to send its workers home.
FAREWELL_SECONDS = 5.0


class Fleet:
    """A master with all its workers.

    Attributes:
        workers: How many there are.
        broken: Why no more can be had of it, None as long as it is whole.

    Args:
        master: The master's process.
        assembly: Whom it waits for.
    """

    def __init__(self, master: ChildProcess, *, assembly: Assembly) -> None:
        self.workers = assembly.workers
        self.broken: WorkerLost | Incomplete | None = None
        self._master = master
        self._assembly = assembly
        self._under_way = False
        self._master.say(to_line(assembly))

    def listen(self) -> int:
        """The port at which the master waits for workers."""
        report = self._hear()
        assert isinstance(report, MasterListening)  # noqa: S101 (the first that it says)
        return report.port

    def assemble(self, *, note: Callable[[str], None]) -> None:
        """Wait until all workers are there.

        Args:
            note: Told of each that comes.

        Raises:
            ConfigurationError: They did not come in time.
        """
        joined = 0
        while joined < self.workers:
            match self._hear():
                case WorkerJoined(host=host):
                    joined += 1
                    note(f"Worker {joined} of {self.workers} joined, from {host}")
                case WorkerRefused(host=host, reason=reason):
                    note(f"A worker from {host} was turned away: {reason}")
                case WorkersAbsent():
                    raise ConfigurationError(
                        f"{joined} of {self.workers} workers came within "
                        f"{self._assembly.seconds:g} s",
                        fix="start `h2h worker` on the others as it says above, or wait longer "
                        "with --worker-wait",
                    )

    def take(self, plan: BlockPlan) -> Iterator[tuple[int, BlockBatch]]:
        """Carry out a plan; yields batches with the number of the worker they are from.

        When they end, `broken` tells whether all is well. A plan that is not seen to its end is
        ended before the next one begins.

        Raises:
            MeasurementError: The master broke down.
        """
        if self._under_way:
            self._master.say(STOP)
            while self._under_way:
                self._report()
        if self.broken:
            return
        parcels: list[list[NumberedBatch]] = [[] for _ in range(self.workers)]
        self._master.say(to_line(plan))
        self._under_way = True
        while self._under_way:
            delivery = self._report()
            if delivery:
                parcels[delivery.worker].append(delivery.parcel)
                yield delivery.worker, delivery.parcel.batch
        for worker, arrived in enumerate(parcels):
            missing = missing_of(arrived)
            if missing and not self.broken:
                self.broken = Incomplete(worker=worker, missing=missing)

    def dismiss(self) -> None:
        """Let the master send its workers home, wherever they are."""
        self._master.dismiss(seconds=FAREWELL_SECONDS)

    def _report(self) -> Delivery | None:
        match self._hear():
            case Delivery() as delivery:
                return delivery
            case WorkerLost() as lost:
                self.broken = lost
                self._under_way = False
            case BlocksDone():
                self._under_way = False
        return None

    def _hear(self) -> Report:
        line = self._master.hear()
        if not line:
            raise MeasurementError(
                f"the master of the workers ended early ({self._master.last_words()})",
                fix="run again, and report it if it recurs",
            )
        report: Report = from_named_line(line, *get_args(Report))
        return report


@contextmanager
def open_fleet(
    *,
    local: int,
    remote: int,
    host: str,
    port: int,
    wait: float,
    cores: Cores,
    note: Callable[[str], None],
) -> Iterator[Fleet]:
    """Start a master and workers; all are gone when the block ends, however it ends.

    Args:
        local: How many workers to start here.
        remote: How many to wait for that are started elsewhere.
        host: Address of this host to listen on.
        port: Port to listen on; 0 takes a free one.
        wait: Seconds to wait for workers.
        cores: Where the master and the workers that are started here run.
        note: Told who is waited for and who comes.

    Raises:
        ConfigurationError: The address cannot be listened on, or workers did not come.
    """
    _require_free(host, port)
    agreed = os.environ.get(SECRET_VARIABLE)
    secret = agreed or token_urlsafe()
    assembly = Assembly(host=host, port=port, workers=local + remote, seconds=wait, secret=secret)
    with ExitStack() as stack:
        master = stack.enter_context(child_process("master", cores=cores))
        fleet = Fleet(master, assembly=assembly)
        stack.callback(fleet.dismiss)
        port = fleet.listen()
        nearby = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 (compared)
        for _ in range(local):
            worker = stack.enter_context(
                child_process("worker", nearby, str(port), LOCAL, cores=cores)
            )
            worker.say(secret)
        if remote:
            told = "" if agreed else f"{SECRET_VARIABLE}={secret} "
            note(f"Waiting for {remote} times `{told}h2h worker --master {host}:{port}`")
        fleet.assemble(note=note)
        yield fleet


def _require_free(host: str, port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ConfigurationError(
            f"workers cannot be awaited on {host}:{port} ({error.strerror})",
            fix="give an address of this host and a free port with --master-bind HOST:PORT",
        ) from error
