"""Measure what a request costs the load generator, all kinds side by side in one run.

    python -m benchmarks.generator_cost --output docs/generator-cost

It takes about four minutes, and wants two quiet cores. The record goes to the folder, and the page
that follows from it to standard output. Exit code 1: a goal is not reached.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.generator_cost.kinds import GOALS, Kind
from benchmarks.generator_cost.markdown import reached, render
from benchmarks.generator_cost.record import Block, Record
from benchmarks.generator_cost.static_server import BODY
from benchmarks.storing import write_record
from headtohead.host.cores import Cores, available_cores, generator_cores, server_cores, starting_on
from headtohead.records.provenance import describe, git_state

ROOT = Path(__file__).parents[2]
USERS = 8


@contextmanager
def process(module: str, *arguments: str, cores: Cores) -> Iterator["subprocess.Popen[str]"]:
    """A process of this benchmark, on cores of its own; it is gone when the block ends."""
    with starting_on(cores):
        started = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.generator_cost.{module}", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def take_block(
    sending: "subprocess.Popen[str]", *, kind: Kind, round_: int, seconds: float
) -> Block:
    """Let one process send for a while; the others wait."""
    sending.stdin.write(f"{seconds}\n")
    sending.stdin.flush()
    took = json.loads(sending.stdout.readline())
    if failures := took.pop("failures"):
        sys.exit(f"{failures} requests of {kind} failed; fix: measure again on a quieter machine")
    return Block(round=round_, kind=kind, **took)


def measure(*, rounds: int, seconds: float, seed: int) -> Record:
    """All blocks, the kinds of a round in random order."""
    order = random.Random(seed)  # noqa: S311 (an order, not a secret)
    cores = available_cores()
    started_at = datetime.now(tz=UTC)
    load_before = os.getloadavg()[0]
    blocks: list[Block] = []
    with ExitStack() as running:
        server = running.enter_context(process("static_server", cores=server_cores(cores)))
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        senders = {
            kind: running.enter_context(
                process("sending", kind, url, str(USERS), cores=generator_cores(cores))
            )
            for kind in Kind
        }
        # The first round warms up.
        for number in range(-1, rounds):
            for kind in order.sample(list(Kind), k=len(Kind)):
                block = take_block(senders[kind], kind=kind, round_=number, seconds=seconds)
                blocks += [block] if number >= 0 else []
    return Record(
        started_at=started_at,
        git=git_state(ROOT),
        environment=describe(
            servers={}, rows=0, load_before=load_before, load_after=os.getloadavg()[0]
        ),
        users=USERS,
        block_seconds=seconds,
        body_bytes=len(BODY),
        seed=seed,
        blocks=tuple(blocks),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generator_cost")
    parser.add_argument("--output", type=Path, help="folder to keep the record in")
    parser.add_argument("--rounds", type=int, default=100, help="blocks of every kind")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a block")
    parser.add_argument("--seed", type=int, default=1, help="seed of the order")
    asked = parser.parse_args()
    if asked.rounds < 1 or asked.seconds <= 0:
        parser.error("nothing to measure; fix: give --rounds 1 or more, --seconds above 0")
    record = measure(rounds=asked.rounds, seconds=asked.seconds, seed=asked.seed)
    if asked.output:
        write_record(record, asked.output)
    print(render(record))  # noqa: T201
    return 0 if all(reached(record, goal) for goal in GOALS) else 1


if __name__ == "__main__":
    sys.exit(main())
