"""The master's process: Locust's master, and the schedule that its workers share.

It reads an `Assembly` from the first line of standard input and then one `BlockPlan` a line, or
`STOP`. It writes a `Report` a line to standard output. The end of standard input ends everything,
the workers included.

Workers are told to switch and answer when they have drained; when all have, they are told to
measure, so that the server works for one arm alone in the measured part of every block. Everyone
stamps that part by a clock of its own: no clock is ever compared with one of another host. Users
are spread by us and not by Locust's dispatcher, which would move them whenever a worker comes.
"""

import os
import sys
from hmac import compare_digest
from time import monotonic
from typing import Any

import gevent
import msgspec
from gevent.event import AsyncResult, Event
from gevent.queue import Empty, Queue
from gevent.socket import wait_read
from locust.env import Environment
from locust.rpc import Message
from locust.runners import STATE_MISSING, MasterRunner

from headtohead import __version__
from headtohead.load.generator.parent import ended_after
from headtohead.load.generator.schedule import BlockSchedule
from headtohead.load.messages.arm import REQUEST_SECONDS
from headtohead.load.messages.distributed import (
    SECRET_VARIABLE,
    STOP,
    Assembly,
    BlocksDone,
    Delivery,
    Hello,
    MasterListening,
    NumberedBatch,
    Order,
    Report,
    WorkerJoined,
    WorkerLost,
    WorkerMessage,
    WorkerRefused,
    WorkersAbsent,
    shares_of,
)
from headtohead.load.messages.encoding import to_line, to_named_line
from headtohead.load.messages.throughput import BlockPlan
from headtohead.records.encoding import decode

# How long it may take to send workers home once nobody wants them any more.
FAREWELL_SECONDS = 1.5
# How often to look whether Locust still hears every worker.
LOOK_SECONDS = 0.25


class WorkerLostError(Exception):
    """A worker is no longer to be relied on.

    Args:
        lost: Which, and why.
    """

    def __init__(self, lost: WorkerLost) -> None:
        super().__init__(lost)
        self.lost = lost


class Master:
    """A master and the workers that it was told to wait for.

    Args:
        runner: Locust's master.
        lines: What has been said on standard input since.
    """

    def __init__(self, runner: MasterRunner, *, lines: "Queue[str]") -> None:
        self._runner = runner
        self._lines = lines
        self._workers: list[str] = []
        self._answers: Queue[tuple[str, WorkerMessage, str]] = Queue()
        # The first one that is no longer heard.
        self._gone: AsyncResult[str] = AsyncResult()
        for answer in WorkerMessage:
            runner.register_message(answer, self._hear)

    def assemble(self, assembly: Assembly) -> bool:
        """Wait for workers, and say whether so many came in time."""
        deadline = monotonic() + assembly.seconds
        while len(self._workers) < assembly.workers:
            try:
                worker, answer, text = self._answers.get(timeout=max(0, deadline - monotonic()))
            except Empty:
                _say(WorkersAbsent(joined=len(self._workers)))
                return False
            if answer is not WorkerMessage.HELLO or worker in self._workers:
                continue
            reason = _reason_against(text, secret=assembly.secret)
            if reason:
                self._tell(worker, Order.REFUSE, reason)
                _say(WorkerRefused(host=_host(worker), reason=reason))
                continue
            self._workers.append(worker)
            _say(WorkerJoined(host=_host(worker)))
        gevent.spawn(self._watch)
        return True

    def carry_out(self, plan: BlockPlan) -> None:
        """Take all blocks of a plan.

        Raises:
            WorkerLostError: A worker went silent, or did not do as it was told.
        """
        shares = shares_of(plan, workers=len(self._workers))
        for worker, share in zip(self._workers, shares, strict=True):
            self._tell(worker, Order.PLAN, to_line(share))
        # At worst every user has every request of the warm-up time out.
        self._await(
            WorkerMessage.WAITING, seconds=REQUEST_SECONDS * (plan.warm_up + 1) * len(plan.arms)
        )
        schedule = BlockSchedule(arms=len(plan.arms), seconds=plan.seconds, seed=plan.seed)
        for turn in schedule:
            started = monotonic()
            self._tell_all(Order.SWITCH, to_line(turn))
            self._await(WorkerMessage.DRAINED)
            self._tell_all(Order.MEASURE)
            self._gone.wait(timeout=plan.block_seconds)
            self._tell_all(Order.REPORT)
            self._await(WorkerMessage.PARCEL)
            if not self._lines.empty():
                self._lines.get()
                break
            schedule.spend(monotonic() - started)
        self._tell_all(Order.FINISH)
        self._await(WorkerMessage.PARCEL)

    def _await(self, due: WorkerMessage, *, seconds: float = REQUEST_SECONDS + 5) -> None:
        """Wait until every worker has given this answer."""
        pending = set(self._workers)
        deadline = monotonic() + seconds
        while pending:
            if self._gone.ready():
                raise self._lost(self._gone.get(), reason="it sent no more heartbeats")
            try:
                worker, answer, text = self._answers.get(timeout=LOOK_SECONDS)
            except Empty:
                if monotonic() > deadline:
                    raise self._lost(min(pending), reason="it did not answer") from None
                continue
            if worker not in self._workers:
                # It came too late, or was never invited.
                self._tell(worker, Order.REFUSE, "the run has all the workers that it waits for")
                continue
            if answer is not due or worker not in pending:
                raise self._lost(worker, reason=f"it said {answer} where {due} was due")
            if answer is WorkerMessage.PARCEL:
                self._deliver(worker, text)
            pending.remove(worker)

    def _deliver(self, worker: str, text: str) -> None:
        try:
            parcel = decode(text, NumberedBatch)
        except Exception as error:  # whatever a worker sends must not end its master
            raise self._lost(worker, reason=f"its batch cannot be read ({error!r})") from error
        _say(Delivery(worker=self._workers.index(worker), parcel=parcel))

    def _watch(self) -> None:
        while not self._gone.ready():
            gevent.sleep(LOOK_SECONDS)
            for worker in self._workers:
                node = self._runner.clients.get(worker)
                if node is None or node.state == STATE_MISSING:
                    self._gone.set(worker)

    def _lost(self, worker: str, *, reason: str) -> WorkerLostError:
        index = self._workers.index(worker)
        return WorkerLostError(WorkerLost(worker=index, host=_host(worker), reason=reason))

    def _hear(self, *, msg: Message, **_: Any) -> None:
        self._answers.put((msg.node_id, WorkerMessage(msg.type), str(msg.data)))

    def _tell_all(self, order: Order, text: str = "") -> None:
        for worker in self._workers:
            self._tell(worker, order, text)

    def _tell(self, worker: str, order: Order, text: str = "") -> None:
        self._runner.send_message(order, {"text": text}, client_id=worker)


def main() -> None:
    """Assemble workers and carry out plans until standard input ends."""
    lines: Queue[str] = Queue()
    ended = Event()
    gevent.spawn(_listen, lines, ended)
    assembly = decode(lines.get(), Assembly)
    runner = Environment().create_master_runner(assembly.host, assembly.port)
    _say(MasterListening(port=runner.server.port))
    serving = gevent.spawn(_serve, Master(runner, lines=lines), assembly, lines)
    # What is not foreseen ends the master, so that nobody waits for it.
    serving.link_exception(lambda _: ended.set())
    ended.wait()
    with ended_after(FAREWELL_SECONDS):
        runner.quit()


def _serve(master: Master, assembly: Assembly, lines: "Queue[str]") -> None:
    if not master.assemble(assembly):
        return
    try:
        while True:
            line = lines.get()
            # A plan that was to be stopped may have been at its end already.
            if line != STOP:
                master.carry_out(decode(line, BlockPlan))
                _say(BlocksDone())
    except WorkerLostError as error:
        _say(error.lost)


def _listen(lines: "Queue[str]", ended: Event) -> None:
    """Read standard input without keeping heartbeats waiting."""
    rest = b""
    while True:
        wait_read(sys.stdin.fileno())
        said = os.read(sys.stdin.fileno(), 65536)
        if not said:
            ended.set()
            return
        *whole, rest = (rest + said).split(b"\n")
        for line in whole:
            lines.put(line.decode())


def _reason_against(hello: str, *, secret: str) -> str:
    """Why a worker that says this is not let in; empty where it is."""
    try:
        said = decode(hello, Hello)
    except msgspec.MsgspecError:
        return "it does not say who it is as a worker of this version does"
    if not compare_digest(said.secret.encode(), secret.encode()):
        return f"it does not know the secret of the run, see {SECRET_VARIABLE}"
    if said.version != __version__:
        return f"it has headtohead {said.version}, the master {__version__}"
    return ""


def _host(worker: str) -> str:
    """Locust names a worker by its host and something unique."""
    return worker.rpartition("_")[0]


def _say(report: Report) -> None:
    sys.stdout.write(to_named_line(report) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
