"""Load in blocks: users who never leave, and the schedule by which they are switched."""

import gc
import math
from collections.abc import Callable
from time import process_time
from typing import ClassVar

import gevent
from gevent.event import Event
from locust import task
from locust.exception import StopUser

from headtohead.load.generator.clock import now
from headtohead.load.generator.schedule import BlockSchedule, BlockTurn
from headtohead.load.generator.user import SAMPLES, ArmUser
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.throughput import Block, BlockBatch, BlockPlan


class BlockSwitch:
    """What the users of one process share.

    Attributes:
        arm: Where users send requests now; None before the first block and after the last.
        samples: Requests that ended since they were taken last.

    Args:
        users: How many users of this process it switches.
    """

    def __init__(self, *, users: int) -> None:
        self.arm: Arm | None = None
        self.samples: list[Sample] = []
        self._users = users
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
        if self._waiting == self._users:
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

    def await_users(self) -> None:
        """Wait until every user has warmed up."""
        self._everyone_waits.wait()

    def switch_to(self, arm: Arm | None) -> None:
        """Send users to another arm, or home."""
        self.arm = arm
        self._switches += 1
        self._left_over = self._in_flight
        self._drained.clear()
        if not self._left_over:
            self._drained.set()
        self._begun.set()

    def drain(self) -> None:
        """Wait until the last request that was in flight at the switch has ended."""
        self._drained.wait()

    def take_samples(self) -> list[Sample]:
        """The samples since the last time; they are forgotten here."""
        taken = self.samples.copy()
        self.samples.clear()
        return taken


class BlockRun:
    """Blocks one after another, by the users of this process.

    Args:
        plan: What to do.
        switch: What its users share.
    """

    def __init__(self, plan: BlockPlan, *, switch: BlockSwitch) -> None:
        self._plan = plan
        self._switch = switch
        self._schedule = BlockSchedule(arms=len(plan.arms), seconds=plan.seconds, seed=plan.seed)

    def carry_out(self, *, report: Callable[[BlockBatch], bool]) -> None:
        """Switch users from block to block, and stop them when the schedule ends.

        Args:
            report: Called at every switch, while nothing is measured; says whether to go on.
        """
        self._switch.await_users()
        for turn in self._schedule:
            block = self._take(turn)
            if not report(self._batch([block])):
                break
            # In the middle of a block a garbage collection would count as latency.
            gc.collect()
            self._schedule.spend(now() - block.started)
        self._switch.switch_to(None)
        self._switch.drain()
        report(self._batch([]))

    def _take(self, turn: BlockTurn) -> Block:
        started = now()
        self._switch.switch_to(self._plan.arms[turn.arm])
        self._switch.drain()
        drained, had_used = now(), process_time()
        gevent.sleep(self._plan.block_seconds)
        return Block(
            round=turn.round,
            arm=turn.arm,
            started=started,
            drained=drained,
            ended=now(),
            cpu_seconds=process_time() - had_used,
        )

    def _batch(self, blocks: list[Block]) -> BlockBatch:
        return BlockBatch(blocks=blocks, samples=self._switch.take_samples())


class BlockUser(ArmUser):
    """Sends one request after another to whichever arm it is switched to.

    Subclasses set `plan` and `switch`.
    """

    abstract = True
    plan: ClassVar[BlockPlan]
    switch: ClassVar[BlockSwitch]

    def on_start(self) -> None:
        """Send this user's share of the same number of requests to every arm; discard them."""
        for _ in range(math.ceil(self.plan.warm_up / self.plan.users)):
            for arm in self.plan.arms:
                self.send(arm, context={})
        self.switch.await_begin()

    @task
    def send_requests(self) -> None:
        """Send requests until there are no more blocks."""
        context = {SAMPLES: self.switch.samples}
        while arm := self.switch.arm:
            began = self.switch.request_begins()
            self.send(arm, context=context)
            self.switch.request_ended(began)
        raise StopUser
