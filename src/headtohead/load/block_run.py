"""Load in blocks: users who never leave, and the switch that sends them from arm to arm."""

import gc
import math
from collections.abc import Callable
from time import time
from typing import ClassVar

import gevent
from gevent.event import Event
from locust import task
from locust.exception import StopUser

from headtohead.load.blocks import Block, BlockBatch, BlockPlan
from headtohead.load.lean import LeanUser
from headtohead.load.plan import Arm, Sample
from headtohead.load.recorder import SAMPLES
from headtohead.load.schedule import BlockSchedule, BlockTurn


class BlockRun:
    """The switch, and what its users share.

    Attributes:
        arm: Where users send requests now; None before the first block and after the last.
        samples: Requests that ended since the last report.

    Args:
        plan: What to do.
    """

    def __init__(self, plan: BlockPlan) -> None:
        self.arm: Arm | None = None
        self.samples: list[Sample] = []
        self._plan = plan
        self._schedule = BlockSchedule(arms=len(plan.arms), seconds=plan.seconds, seed=plan.seed)
        self._waiting = 0
        self._everyone_waits = Event()
        self._begun = Event()
        self._switches = 0
        self._in_flight = 0
        # Of those in flight, the ones that were sent before the last switch.
        self._left_over = 0
        self._drained = Event()

    def await_begin(self) -> None:
        """Wait, as a user who has warmed up, for the first block."""
        self._waiting += 1
        if self._waiting == self._plan.users:
            self._everyone_waits.set()
        self._begun.wait()

    def request_begins(self) -> int:
        """Called by a user before a request; returns what `request_ended` wants to know of it."""
        self._in_flight += 1
        return self._switches

    def request_ended(self, began: int) -> None:
        """Called by a user after a request; the last one from before a switch ends the drain."""
        self._in_flight -= 1
        if began != self._switches:
            self._left_over -= 1
            if not self._left_over:
                self._drained.set()

    def carry_out(self, *, report: Callable[[BlockBatch], bool]) -> None:
        """Switch users from block to block, and stop them when the schedule ends.

        Args:
            report: Called at every switch, while nothing is measured; says whether to go on.
        """
        self._everyone_waits.wait()
        for turn in self._schedule:
            block = self._take(turn)
            if not report(self._batch([block])):
                break
            # In the middle of a block a garbage collection would count as latency.
            gc.collect()
            self._schedule.spend(time() - block.started)
        self._switch_to(None)
        self._drained.wait()
        report(self._batch([]))

    def _take(self, turn: BlockTurn) -> Block:
        started = time()
        self._switch_to(self._plan.arms[turn.arm])
        self._begun.set()
        self._drained.wait()
        drained = time()
        gevent.sleep(self._plan.block_seconds)
        return Block(round=turn.round, arm=turn.arm, started=started, drained=drained, ended=time())

    def _switch_to(self, arm: Arm | None) -> None:
        self.arm = arm
        self._switches += 1
        self._left_over = self._in_flight
        self._drained.clear()
        if not self._left_over:
            self._drained.set()

    def _batch(self, blocks: list[Block]) -> BlockBatch:
        batch = BlockBatch(blocks=blocks, samples=self.samples.copy())
        self.samples.clear()
        return batch


class BlockUser(LeanUser):
    """Sends one request after another to whichever arm it is switched to.

    Subclasses set `plan` and `blocks`, the run they take part in. `record_sample` has to listen to
    the environment's request event.
    """

    abstract = True
    connection_timeout = 5.0
    network_timeout = 30.0
    plan: ClassVar[BlockPlan]
    blocks: ClassVar[BlockRun]

    def on_start(self) -> None:
        """Send this user's share of the same number of requests to every arm; discard them."""
        for _ in range(math.ceil(self.plan.warm_up / self.plan.users)):
            for arm in self.plan.arms:
                self._send(arm, context={})
        self.blocks.await_begin()

    @task
    def send_requests(self) -> None:
        """Send requests until there are no more blocks."""
        context = {SAMPLES: self.blocks.samples}
        while arm := self.blocks.arm:
            began = self.blocks.request_begins()
            self._send(arm, context=context)
            self.blocks.request_ended(began)
        raise StopUser

    def _send(self, arm: Arm, *, context: dict[str, list[Sample]]) -> None:
        self.client.request(
            arm.method,
            arm.path,
            name=arm.identity,
            data=arm.body,
            headers=dict(arm.headers),
            allow_redirects=False,
            context=context,
        )
