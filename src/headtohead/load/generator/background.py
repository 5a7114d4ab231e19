"""The process of background load: users of a module that the project names, and their tally.

It reads a `BackgroundPlan` from the first line of standard input and writes a `BackgroundTally`
when all users are on their way, and another for every line that follows. The end of standard input
ends everything.
"""

import importlib
import os
import sys
from collections.abc import Sequence

from gevent.event import AsyncResult
from gevent.lock import Semaphore
from gevent.socket import wait_read
from locust import User
from locust.env import Environment
from locust.runners import LocalRunner
from locust.util.load_locustfile import is_user_class

from headtohead.errors import ExitCode
from headtohead.load.generator.parent import end_with_parent
from headtohead.load.messages.background import BackgroundPlan, BackgroundTally
from headtohead.load.messages.encoding import to_line
from headtohead.records.encoding import decode


def main() -> None:
    """Carry out the plan on standard input."""
    end_with_parent()
    # What journeys print is no tally.
    tallies, sys.stdout = sys.stdout, sys.stderr
    plan = decode(sys.stdin.readline(), BackgroundPlan)
    runner = _start(_user_classes(plan), plan=plan)
    while True:
        tallies.write(to_line(_tally(runner)) + "\n")
        tallies.flush()
        wait_read(sys.stdin.fileno())
        if not os.read(sys.stdin.fileno(), 4096):
            return


def _user_classes(plan: BackgroundPlan) -> list[type[User]]:
    sys.path.insert(0, plan.root)
    module = importlib.import_module(plan.module)
    found = [each for each in vars(module).values() if is_user_class(each)]
    if not found:
        sys.stderr.write(f"{plan.module} declares no Locust user\n")
        sys.exit(ExitCode.USAGE)
    return found


def _start(user_classes: Sequence[type[User]], *, plan: BackgroundPlan) -> LocalRunner:
    """Start all users at once and wait until each has done what it does at first."""
    ready = Semaphore(0)
    environment = Environment(
        user_classes=[_telling(ready, each) for each in user_classes], host=plan.base_url
    )
    spawned: AsyncResult[int] = AsyncResult()

    def hear(user_count: int) -> None:
        spawned.set(user_count)

    environment.events.spawning_complete.add_listener(hear)  # type: ignore[no-untyped-call]
    runner = environment.create_local_runner()
    runner.start(user_count=plan.users, spawn_rate=plan.users)
    # Where all classes say how many of them there are, it can be fewer than planned.
    for _ in range(spawned.get()):
        ready.acquire()
    return runner


def _telling(ready: Semaphore, user_class: type[User]) -> type[User]:
    """The user class, whose users release `ready` when they have started."""

    def on_start(self: User) -> None:
        try:
            user_class.on_start(self)
        finally:
            ready.release()

    return type(user_class.__name__, (user_class,), {"on_start": on_start})


def _tally(runner: LocalRunner) -> BackgroundTally:
    total = runner.stats.total
    problems: dict[str, int] = {}
    for failure in runner.stats.errors.values():
        what = f"{failure.method} {failure.name}: {failure.error}"
        problems[what] = problems.get(what, 0) + failure.occurrences
    # A journey that raises sends no more requests, and so no request of it fails.
    for exception in runner.exceptions.values():
        problems[exception["msg"]] = problems.get(exception["msg"], 0) + exception["count"]
    return BackgroundTally(
        requests=total.num_requests,
        errors=sum(problems.values()),
        example=max(problems, key=lambda each: problems[each], default=""),
    )


if __name__ == "__main__":
    main()
