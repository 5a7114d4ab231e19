"""A worker's process: Locust's worker, whose users its master switches.

It is given the address of its master and the secret of the run, and nothing else: no project, no
database. What it is to do comes from the master, and it ends with it. One that a run started here
is told the secret on standard input and ends with that run, too; any other finds it in its
environment.
"""

import gc
import os
import signal
import sys
from time import monotonic, process_time
from typing import Any

import gevent
from gevent.event import AsyncResult
from gevent.queue import Queue
from locust.env import Environment
from locust.rpc import Message
from locust.runners import WorkerRunner

from headtohead import __version__
from headtohead.errors import ExitCode
from headtohead.load.generator.clock import now
from headtohead.load.generator.parent import end_with_parent, ended_after
from headtohead.load.generator.process import collect_by_hand
from headtohead.load.generator.schedule import BlockTurn
from headtohead.load.generator.throughput import BlockSwitch, BlockUser
from headtohead.load.generator.user import record_sample
from headtohead.load.messages.arm import Arm
from headtohead.load.messages.distributed import (
    LOCAL,
    SECRET_VARIABLE,
    Hello,
    NumberedBatch,
    Order,
    WorkerMessage,
    WorkerShare,
)
from headtohead.load.messages.encoding import to_line
from headtohead.load.messages.throughput import Block, BlockBatch
from headtohead.records.encoding import decode

# Locust's master answers every heartbeat, one a second. Locust itself would wait for a minute.
SILENCE_SECONDS = 6.0


class SharedUser(BlockUser):
    """A user of this worker."""


class Worker:
    """Does as its master says, one order after the other.

    Args:
        runner: Locust's worker.
        secret: Why the master should let it in.
        ended: Told why there is no more to do, if not because the master said so.
    """

    def __init__(self, runner: WorkerRunner, *, secret: str, ended: "AsyncResult[str]") -> None:
        self._runner = runner
        self._secret = secret
        self._ended = ended
        self._orders: Queue[tuple[Order, str]] = Queue()
        for order in Order:
            runner.register_message(order, self._hear)

    def serve(self) -> None:
        """Take part in one plan after the other."""
        collect_by_hand()
        hello = Hello(version=__version__, secret=self._secret)
        self._say(WorkerMessage.HELLO, to_line(hello))
        while True:
            share = decode(self._next(Order.PLAN), WorkerShare)
            with ended_after(share.plan.longest_seconds):
                self._take_part(share)

    def _take_part(self, share: WorkerShare) -> None:
        switch = SharedUser.switch = BlockSwitch(users=share.users)
        SharedUser.plan = share.plan
        self._runner.environment.host = share.plan.arms[0].base_url
        self._runner.start_worker({SharedUser.__name__: share.users})
        switch.await_users()
        self._say(WorkerMessage.WAITING)
        number = total = 0
        while turn := self._turn():
            block = self._block(turn, share.plan.arms[turn.arm], switch=switch)
            batch = BlockBatch(blocks=[block], samples=switch.take_samples())
            total += len(batch.samples)
            self._send(NumberedBatch(number=number, batch=batch, total=None))
            number += 1
        switch.switch_to(None)
        self._runner.user_greenlets.join()
        batch = BlockBatch(blocks=[], samples=switch.take_samples())
        self._send(NumberedBatch(number=number, batch=batch, total=total + len(batch.samples)))

    def _turn(self) -> BlockTurn | None:
        order, text = self._orders.get()
        if order is Order.FINISH:
            return None
        return decode(self._require(Order.SWITCH, order, text), BlockTurn)

    def _block(self, turn: BlockTurn, arm: Arm, *, switch: BlockSwitch) -> Block:
        started = now()
        switch.switch_to(arm)
        switch.drain()
        self._say(WorkerMessage.DRAINED)
        self._next(Order.MEASURE)
        drained, had_used = now(), process_time()
        self._next(Order.REPORT)
        return Block(
            round=turn.round,
            arm=turn.arm,
            started=started,
            drained=drained,
            ended=now(),
            cpu_seconds=process_time() - had_used,
        )

    def _send(self, parcel: NumberedBatch) -> None:
        text = to_line(parcel)
        # In the middle of a block a garbage collection would count as latency.
        gc.collect()
        self._say(WorkerMessage.PARCEL, text)

    def _next(self, due: Order) -> str:
        return self._require(due, *self._orders.get())

    def _require(self, due: Order, order: Order, text: str) -> str:
        if order is not due:
            raise ValueError(f"the master said {order} where {due} was due")
        return text

    def _say(self, answer: WorkerMessage, text: str = "") -> None:
        self._runner.send_message(answer, text)  # type: ignore[arg-type]

    def _hear(self, *, msg: Message, **_: Any) -> None:
        text = msg.data["text"]
        if msg.type == Order.REFUSE:
            self._ended.set(f"the master does not want this worker ({text})")
        else:
            self._orders.put((Order(msg.type), text))


def main() -> None:
    """Work for the master at the host and the port that are given as arguments.

    A third argument says that a run started it here.
    """
    host, port = sys.argv[1], int(sys.argv[2])
    if sys.argv[3:] == [LOCAL]:
        end_with_parent()
        secret = sys.stdin.readline().strip()
    else:
        secret = os.environ.get(SECRET_VARIABLE, "")
    environment = Environment(user_classes=[SharedUser])
    environment.events.request.add_listener(record_sample)  # type: ignore[no-untyped-call]
    try:
        problem = _work(environment, host=host, port=port, secret=secret)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except ConnectionError:
        problem = f"no master answered at {host}:{port}; start `h2h run --remote-workers` there"
    finally:
        if isinstance(environment.runner, WorkerRunner):
            _take_leave(environment.runner)
    if problem:
        sys.stderr.write(f"h2h: {problem}\n")
        sys.exit(ExitCode.INVALID_MEASUREMENT)


def _work(environment: Environment, *, host: str, port: int, secret: str) -> str:
    """Work until there is no more to do; returns what went wrong, or nothing."""
    ended: AsyncResult[str] = AsyncResult()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, ended.set_exception, KeyboardInterrupt())
    gevent.spawn(_serve, environment, host, port, secret, ended).link_exception(
        lambda failed: ended.set_exception(failed.exception)
    )
    return str(ended.get())


def _serve(
    environment: Environment, host: str, port: int, secret: str, ended: "AsyncResult[str]"
) -> None:
    runner = environment.create_worker_runner(host, port)
    gevent.spawn(_end_with_runner, runner, ended)
    gevent.spawn(_end_in_silence, environment, ended)
    Worker(runner, secret=secret, ended=ended).serve()


def _take_leave(runner: WorkerRunner) -> None:
    """Tell the master, but do not wait for one that has gone."""
    runner.environment.events.quitting.fire(environment=runner.environment)  # type: ignore[no-untyped-call]
    # Its heartbeat would open a new connection once this one is closed.
    runner.greenlet.kill()
    runner.client.close(linger=500)  # type: ignore[no-untyped-call]


def _end_with_runner(runner: WorkerRunner, ended: "AsyncResult[str]") -> None:
    """Locust's worker ends when its master says so."""
    runner.greenlet.join()
    ended.set("")


def _end_in_silence(environment: Environment, ended: "AsyncResult[str]") -> None:
    heard = monotonic()

    def hear(**_: Any) -> None:
        nonlocal heard
        heard = monotonic()

    environment.events.heartbeat_received.add_listener(hear)  # type: ignore[no-untyped-call]
    while monotonic() - heard < SILENCE_SECONDS:
        gevent.sleep(0.5)
    ended.set("the master went away; its run is invalid, start both again")


if __name__ == "__main__":
    main()
