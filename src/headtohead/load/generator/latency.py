"""The Locust user that takes request pairs."""

from collections.abc import Iterator
from itertools import count
from time import perf_counter, thread_time
from typing import ClassVar

from locust import task
from locust.exception import StopUser

from headtohead.load.generator.schedule import PairSchedule, Turn
from headtohead.load.generator.user import SAMPLES, ArmUser
from headtohead.load.messages.arm import Arm, Sample
from headtohead.load.messages.latency import Pair, PairPlan


class PairUser(ArmUser):
    """Sends request pairs one after another, without thinking time, until its schedule ends.

    Subclasses set `plan` and say in `pair_taken` what becomes of a pair.
    """

    abstract = True
    plan: ClassVar[PairPlan]
    # Users of one process flip coins of their own: with the same ones, all of them would put load
    # on the same variant at the same time.
    _numbers: ClassVar[Iterator[int]] = count()

    def on_start(self) -> None:
        """Send the same number of requests to every arm, and discard them."""
        for _ in range(self.plan.warm_up):
            for arm in self.plan.arms:
                self._send(arm)
        self.schedule = PairSchedule(
            variants=len(self.plan.variants),
            seconds=self.plan.seconds,
            seed=self.plan.seed + next(self._numbers),
        )
        self._turns: Iterator[Turn] = iter(self.schedule)
        self._ended, self._used = perf_counter(), thread_time()

    @task
    def take_pair(self) -> None:
        """Take the next pair of the schedule."""
        turn = next(self._turns, None)
        if turn is None:
            raise StopUser
        pair = self._take(turn)
        self.schedule.spend(
            variant=turn.variant,
            seconds=pair.seconds,
        )
        self.pair_taken(pair)

    def pair_taken(self, pair: Pair) -> None:
        """Called after every pair, while no request is under way."""
        raise NotImplementedError

    def _take(self, turn: Turn) -> Pair:
        variant = self.plan.variants[turn.variant]
        if turn.baseline_first:
            baseline_washout, baseline_sample = self._turn_to(self.plan.baseline)
            variant_washout, variant_sample = self._turn_to(variant)
        else:
            variant_washout, variant_sample = self._turn_to(variant)
            baseline_washout, baseline_sample = self._turn_to(self.plan.baseline)
        began, had_used = self._ended, self._used
        self._ended, self._used = perf_counter(), thread_time()
        return Pair(
            variant=turn.variant,
            baseline_first=turn.baseline_first,
            baseline_washout=baseline_washout,
            baseline_sample=baseline_sample,
            variant_washout=variant_washout,
            variant_sample=variant_sample,
            elapsed_ms=(self._ended - began) * 1000,
            cpu_ms=(self._used - had_used) * 1000,
        )

    def _turn_to(self, arm: Arm) -> tuple[Sample, Sample]:
        """A request that washes out what the other arm left behind, then the one to compare.

        What is compared has always been preceded by its own kind, as it is where only one of the
        variants is deployed.
        """
        if arm.preceded_by:
            self._send(arm.preceded_by)
        return self._send(arm), self._send(arm)

    def _send(self, arm: Arm) -> Sample:
        samples: list[Sample] = []
        self.send(arm, context={SAMPLES: samples})
        return samples[0]
