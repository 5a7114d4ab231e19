"""A Locust process that sends requests of one kind, a block at a time.

    python -m benchmarks.generator_cost.sending KIND URL USERS

A number on standard input is how many seconds the next block takes; the line written when it has
ended is what it took. The end of standard input ends the process.
"""

import gc
import json
import os
import sys
from time import perf_counter, process_time

import gevent
from gevent.event import Event
from locust import FastHttpUser, task
from locust.env import Environment

from benchmarks.generator_cost.kinds import Kind
from headtohead.load.generator.http_client import LeanUser
from headtohead.load.generator.user import SAMPLES, listen_alone, record_sample
from headtohead.load.messages.arm import Sample
from headtohead.load.messages.encoding import to_line
from headtohead.load.messages.throughput import BlockBatch

HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Baggage": "h2h.experiment=product-list,h2h.variant=prefetched",
    "HeadToHead-Token": "0123456789abcdef" * 2,
}


class Block:
    """What the users of a block share."""

    def __init__(self) -> None:
        self.going = Event()
        self.requests = 0
        self.sending = 0
        self.failures = 0
        self.samples: list[Sample] = []


def user_class(kind: Kind, block: Block) -> type[FastHttpUser]:
    """Users who send requests while a block goes on, and hand over samples where they are kept."""
    context = {SAMPLES: block.samples} if kind.recorded else {}

    class Sending(LeanUser if kind.lean else FastHttpUser):
        @task
        def send(self) -> None:
            block.going.wait()
            block.sending += 1
            while block.going.is_set():
                response = self.client.request(
                    "GET",
                    "/api/products/?page=2",
                    name="product-list/prefetched",
                    data=None,
                    headers=dict(HEADERS),
                    allow_redirects=False,
                    context=context,
                )
                block.requests += 1
                block.failures += response.status_code != 200
            block.sending -= 1

    return Sending


def take(block: Block, *, seconds: float, report: int) -> dict[str, float]:
    """One block, until nothing of it is in flight and its samples are written."""
    gc.collect()
    block.requests = block.failures = 0
    began, had_used = perf_counter(), process_time()
    block.going.set()
    gevent.sleep(seconds)
    block.going.clear()
    while block.sending:
        gevent.sleep(0)
    if block.samples:
        batch = BlockBatch(blocks=[], samples=block.samples.copy())
        os.write(report, to_line(batch).encode())
        block.samples.clear()
    return {
        "requests": block.requests,
        "failures": block.failures,
        "seconds": perf_counter() - began,
        "cpu_seconds": process_time() - had_used,
    }


def main(name: str, url: str, users: str) -> None:
    kind = Kind(name)
    block = Block()
    environment = Environment(user_classes=[user_class(kind, block)], host=url)
    runner = environment.create_local_runner()
    if kind.keeps_statistics and kind.recorded:
        environment.events.request.add_listener(record_sample)
    elif kind.recorded:
        listen_alone(environment.events)
    runner.start(user_count=int(users), spawn_rate=int(users))
    report = os.open(os.devnull, os.O_WRONLY)
    gc.freeze()
    # As in the generator, and for all kinds alike: by hand, between blocks.
    gc.disable()
    for line in sys.stdin:
        print(json.dumps(take(block, seconds=float(line), report=report)), flush=True)  # noqa: T201
    runner.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
