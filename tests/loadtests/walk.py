"""Take the journeys of a module until all of some requests have been sent; run as a script.

    python walk.py MODULE URL USERS "GET /api/products/" ...

Nobody stops to think. Prints what was sent, how often, and what failed, as JSON.
"""

import importlib
import json
import sys

import gevent
from locust.env import Environment
from locust.util.load_locustfile import is_user_class

from loadtests.journey import Journey


def walk(module: str, *, url: str, users: int, until: set[str]) -> dict[str, dict[str, int]]:
    Journey.wait_time = lambda _: 0.001
    found = [each for each in vars(importlib.import_module(module)).values() if is_user_class(each)]
    environment = Environment(user_classes=found, host=url)
    runner = environment.create_local_runner()
    runner.start(user_count=users, spawn_rate=users)
    while True:
        sent = {f"{method} {name}" for name, method in environment.stats.entries}
        problems = {each.error: each.occurrences for each in environment.stats.errors.values()}
        problems |= {each["msg"]: each["count"] for each in runner.exceptions.values()}
        if problems or until <= sent:
            runner.quit()
            return {
                "sent": {
                    f"{each.method} {each.name}": each.num_requests
                    for each in environment.stats.entries.values()
                },
                "problems": {str(error): times for error, times in problems.items()},
            }
        gevent.sleep(0.01)


if __name__ == "__main__":
    _, module, url, users, *until = sys.argv
    print(json.dumps(walk(module, url=url, users=int(users), until=set(until))))  # noqa: T201
