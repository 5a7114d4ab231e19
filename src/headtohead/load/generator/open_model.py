"""An open model under way: requests leave when due, whether or not others have returned."""

import gc
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import gevent
from gevent.event import AsyncResult, Event
from locust import task
from locust.exception import StopUser

from headtohead.load.generator.clock import now
from headtohead.load.generator.schedule import BlockSchedule, BlockTurn
from headtohead.load.generator.user import SAMPLES, ArmUser
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.open_model import Arrival, OpenPlan, Stretch, arrival_offsets

# The event loop's timers are late by up to a millisecond or so; the last bit of a wait is spun.
SPUN_SECONDS = 0.002
# libev's highest: while it is spun, answers are taken in, but do not delay what is due.
SPINNING_PRIORITY = 2


@dataclass(kw_only=True, slots=True)
class _PlannedRequest:
    """A request on its way from the plan to a user and back."""

    arm: Arm
    intended: float
    reached: float
    pool_full: bool
    sample: Sample | None = None

    def arrival(self) -> Arrival:
        return Arrival(
            intended=self.intended,
            reached=self.reached,
            pool_full=self.pool_full,
            sample=self.sample,
        )


class OpenRun:
    """The plan's clock, and the pool of users it hands requests to.

    Of the users that are free, the one that became so last is sent first: its connection is open.

    Args:
        plan: What to do.
    """

    def __init__(self, plan: OpenPlan) -> None:
        self._plan = plan
        self._schedule = BlockSchedule(arms=len(plan.arms), seconds=plan.seconds, seed=plan.seed)
        self._free: list[AsyncResult] = []
        self._waiting: deque[_PlannedRequest] = deque()
        self._everyone_free = Event()

    def next_errand(self) -> _PlannedRequest | None:
        """Wait, as a user who is free, for the next request to send; None when there are no more.

        It counts as sent: the user has to see it through.
        """
        if self._waiting:
            return self._waiting.popleft()
        handed_over = AsyncResult()
        self._free.append(handed_over)
        if len(self._free) == self._plan.users:
            self._everyone_free.set()
        errand: _PlannedRequest | None = handed_over.get()
        return errand

    def carry_out(self, *, report: Callable[[Stretch], bool]) -> None:
        """Warm up, go from stretch to stretch, and stop users when the schedule ends.

        Args:
            report: Called after every stretch, while nothing is under way; says whether to go on.
        """
        self._everyone_free.wait()
        for _ in range(self._plan.warm_up):
            for arm in self._plan.arms:
                self._reach(arm, intended=now())
                self._everyone_free.wait()
        for turn in self._schedule:
            began = now()
            if not report(self._take(turn)):
                break
            # In the middle of a stretch a garbage collection would count as latency.
            gc.collect()
            self._schedule.spend(now() - began)
        for handed_over in self._free:
            handed_over.set(None)

    def _take(self, turn: BlockTurn) -> Stretch:
        arm = self._plan.arms[turn.arm]
        offsets = arrival_offsets(
            self._plan.arrivals,
            rate=self._plan.rate,
            seconds=self._plan.stretch_seconds,
            seed=self._plan.seed,
            round_number=turn.round,
        )
        started = now()
        errands = []
        for offset in offsets:
            _wait_until(started + offset)
            errands.append(self._reach(arm, intended=started + offset))
        _wait_until(started + self._plan.stretch_seconds)
        closed = now()
        self._waiting.clear()
        self._everyone_free.wait()
        return Stretch(
            round=turn.round,
            arm=turn.arm,
            started=started,
            closed=closed,
            drained=now(),
            arrivals=[errand.arrival() for errand in errands],
        )

    def _reach(self, arm: Arm, *, intended: float) -> _PlannedRequest:
        errand = _PlannedRequest(
            arm=arm, intended=intended, reached=now(), pool_full=not self._free
        )
        if self._free:
            self._everyone_free.clear()
            self._free.pop().set(errand)
        else:
            self._waiting.append(errand)
        return errand


class OpenUser(ArmUser):
    """Sends a request whenever the plan's clock hands it one.

    Subclasses set `open_run`, the run they take part in.
    """

    abstract = True
    open_run: ClassVar[OpenRun]

    @task
    def send_requests(self) -> None:
        """Send requests until there are no more."""
        while errand := self.open_run.next_errand():
            samples: list[Sample] = []
            self.send(errand.arm, context={SAMPLES: samples})
            (errand.sample,) = samples
        raise StopUser


def _wait_until(moment: float) -> None:
    while (left := moment - now()) > 0:
        if left > SPUN_SECONDS:
            gevent.sleep(left - SPUN_SECONDS)
        else:
            gevent.idle(SPINNING_PRIORITY)
