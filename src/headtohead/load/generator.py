"""The load generator's process: a Locust runner that reports pairs as they are taken.

It reads its plan from the first line of standard input and writes batches of pairs to standard
output, a line of JSON each. Meanwhile a line on standard input holding the number of a variant
closes that comparison; the end of standard input closes them all. The process is its own so that
Locust's patching of the standard library concerns nothing else, and so that it can have a core to
itself.
"""

import gc
import os
import select
import sys
from time import perf_counter

from gevent.event import Event
from locust.env import Environment

from headtohead.load.plan import REPORT_SECONDS, Pair, PairPlan, converter
from headtohead.load.recorder import record_sample
from headtohead.load.users import PairUser


def main() -> None:
    """Carry out the plan on standard input."""
    plan = converter.loads(sys.stdin.readline(), PairPlan)
    finished = Event()

    class ReportingUser(PairUser):
        """Buffers pairs in memory and reports them between two pairs."""

        def on_start(self) -> None:
            super().on_start()
            self._batch: list[Pair] = []
            # A garbage collection in the middle of a request would count as latency, so
            # collections are made where reports are.
            gc.collect()
            gc.freeze()
            gc.disable()
            self._reported = perf_counter()

        def pair_taken(self, pair: Pair) -> None:
            self._batch.append(pair)
            if perf_counter() - self._reported >= REPORT_SECONDS:
                self._report()

        def on_stop(self) -> None:
            self._report()
            finished.set()

        def _report(self) -> None:
            sys.stdout.write(converter.dumps(self._batch) + "\n")
            sys.stdout.flush()
            self._batch.clear()
            for variant in _variants_to_close(len(self.plan.variants)):
                self.schedule.close(variant)
            gc.collect()
            self._reported = perf_counter()

    ReportingUser.plan = plan
    environment = Environment(user_classes=[ReportingUser], host=plan.base_url)
    environment.events.request.add_listener(record_sample)  # type: ignore[no-untyped-call]
    runner = environment.create_local_runner()
    runner.start(user_count=1, spawn_rate=1)
    finished.wait()
    runner.quit()


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
