"""Load in blocks: users who never leave, and the schedule by which they are switched."""

import gc
import math
from collections.abc import Callable
from time import process_time, time
from typing import ClassVar

import gevent
from locust import task
from locust.exception import StopUser

from headtohead.load.arm_user import ArmUser
from headtohead.load.block_switch import BlockSwitch
from headtohead.load.blocks import Block, BlockBatch, BlockPlan
from headtohead.load.recorder import SAMPLES
from headtohead.load.schedule import BlockSchedule, BlockTurn


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
            self._schedule.spend(time() - block.started)
        self._switch.switch_to(None)
        self._switch.drain()
        report(self._batch([]))

    def _take(self, turn: BlockTurn) -> Block:
        started = time()
        self._switch.switch_to(self._plan.arms[turn.arm])
        self._switch.drain()
        drained, had_used = time(), process_time()
        gevent.sleep(self._plan.block_seconds)
        return Block(
            round=turn.round,
            arm=turn.arm,
            started=started,
            drained=drained,
            ended=time(),
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
