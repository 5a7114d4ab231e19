"""The load generator's process: a Locust runner that reports what it sees as it goes.

It reads a plan from a line of standard input and writes batches of pairs or of blocks, or stretches
of an open model, to standard output, a line of JSON each, and `DONE` when the plan is carried out;
then it waits for another one. Meanwhile a line on standard input holding the number of a variant
closes that comparison of pairs; the end of standard input ends everything. The process is its own
so that Locust's patching of the standard library concerns nothing else, and so that it can have a
core to itself.
"""

import gc
import os
import select
import sys
from time import perf_counter

from gevent.event import Event
from locust import User
from locust.env import Environment
from locust.runners import LocalRunner

from headtohead.load.generator.latency import PairUser
from headtohead.load.generator.open_model import OpenRun, OpenUser
from headtohead.load.generator.parent import end_unheard, end_with_parent, ended_after
from headtohead.load.generator.throughput import BlockRun, BlockSwitch, BlockUser
from headtohead.load.generator.user import listen_alone
from headtohead.load.messages.encoding import DONE, from_named_line, to_line
from headtohead.load.messages.latency import REPORT_SECONDS, Pair, PairPlan
from headtohead.load.messages.open_model import OpenPlan, Stretch
from headtohead.load.messages.throughput import BlockBatch, BlockPlan


def collect_by_hand() -> None:
    """Make no garbage collection in the middle of a request, where it would count as latency."""
    gc.collect()
    gc.freeze()
    gc.disable()


def main() -> None:
    """Carry out the plans on standard input, one after the other."""
    end_with_parent()
    for line in iter(sys.stdin.readline, ""):
        # What closes a comparison may come too late for it.
        if not line.strip().isdigit():
            plan = from_named_line(line, PairPlan, BlockPlan, OpenPlan)
            with ended_after(plan.longest_seconds):
                _carry_out(plan)
            sys.stdout.write(f"{DONE}\n")
            sys.stdout.flush()


def _carry_out(plan: PairPlan | BlockPlan | OpenPlan) -> None:
    if isinstance(plan, BlockPlan):
        _take_blocks(plan)
    elif isinstance(plan, OpenPlan):
        _take_stretches(plan)
    else:
        _take_pairs(plan)


def _take_pairs(plan: PairPlan) -> None:
    finished = Event()

    class ReportingUser(PairUser):
        """Buffers pairs in memory and reports them between two pairs."""

        def on_start(self) -> None:
            super().on_start()
            self._batch: list[Pair] = []
            collect_by_hand()
            self._reported = perf_counter()

        def pair_taken(self, pair: Pair) -> None:
            self._batch.append(pair)
            if perf_counter() - self._reported >= REPORT_SECONDS:
                self._report()

        def on_stop(self) -> None:
            self._report()
            finished.set()

        def _report(self) -> None:
            _say(self._batch)
            self._batch.clear()
            for variant in _variants_to_close(len(self.plan.variants)):
                self.schedule.close(variant)
            gc.collect()
            self._reported = perf_counter()

    ReportingUser.plan = plan
    runner = _start(ReportingUser, users=1, host=plan.arms[0].base_url)
    finished.wait()
    runner.quit()


def _take_blocks(plan: BlockPlan) -> None:
    class SwitchedUser(BlockUser):
        """A user of this run."""

    def report(batch: BlockBatch) -> bool:
        _say(batch)
        return not _variants_to_close(len(plan.arms))

    SwitchedUser.plan = plan
    SwitchedUser.switch = BlockSwitch(users=plan.users)
    runner = _start(SwitchedUser, users=plan.users, host=plan.arms[0].base_url)
    collect_by_hand()
    BlockRun(plan, switch=SwitchedUser.switch).carry_out(report=report)
    runner.quit()


def _take_stretches(plan: OpenPlan) -> None:
    class PooledUser(OpenUser):
        """A user of this run."""

    def report(stretch: Stretch) -> bool:
        _say(stretch)
        return not _variants_to_close(len(plan.arms))

    PooledUser.open_run = OpenRun(plan)
    runner = _start(PooledUser, users=plan.users, host=plan.arms[0].base_url)
    collect_by_hand()
    PooledUser.open_run.carry_out(report=report)
    runner.quit()


def _start(user_class: type[User], *, users: int, host: str) -> LocalRunner:
    environment = Environment(user_classes=[user_class], host=host)
    runner = environment.create_local_runner()
    listen_alone(environment.events)
    runner.start(user_count=users, spawn_rate=users)
    return runner


def _say(value: object) -> None:
    try:
        sys.stdout.write(to_line(value) + "\n")
        sys.stdout.flush()
    except OSError:
        # Locust would log the error and let its users go on.
        end_unheard()


def _variants_to_close(variants: int) -> list[int]:
    """What has been said on standard input since the last look, without waiting for more."""
    closing: list[int] = []
    while select.select([sys.stdin], [], [], 0)[0]:
        said = os.read(sys.stdin.fileno(), 4096)
        if not said:
            return list(range(variants))
        closing.extend(int(line) for line in said.split())
    return closing


if __name__ == "__main__":
    main()
