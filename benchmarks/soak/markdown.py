"""A record as a page of Markdown."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import theilslopes

from benchmarks.soak.record import Record, Sample, Window
from benchmarks.words import revision

_INTRODUCTION = """\
# Load that is held

Users took all [journeys](../loadtests/scenarios) at a faster pace than people. More and more of
them showed where the API is full; then {users} users, 70 % of that number, held the load for
{minutes:g} minutes.

**{requests:,} requests, {rate:.0f} a second; {errors:,} failed.**

`python -m benchmarks.soak --output docs/soak` takes the record again. This one was taken on {cpu},
{cores} cores, Python {python}, revision {revision}, on {first:%Y-%m-%d %H:%M} UTC, after a load
average of {before:.1f}.

| users | requests a second |
|---|---|
"""
_MEMORY = """
## Memory

What each kind of process holds for itself, in MB. The slope is Theil's and Sen's with its 95 %
interval (Sen, 1968), over means of a minute, from a quarter of the time on, when caches are full.

| processes | at a quarter | at the end | MB an hour |
|---|---|---|---|
"""
_LATENCY = """
## Latency

| | p50 in ms | p99 in ms |
|---|---|---|
"""
_KEPT = """
## What is kept

Keys in the cache: {first} after {seconds:.0f} s, {last} at the end, of which {eternal} never
expire.

| table | rows before | rows after |
|---|---|---|
"""
_PARTS = 10


def render(record: Record) -> str:
    """The page."""
    environment = record.environment
    introduction = _INTRODUCTION.format(
        users=record.users,
        minutes=record.minutes,
        requests=record.requests,
        rate=record.requests / record.minutes / 60,
        errors=record.errors,
        cpu=environment.cpu,
        cores=environment.cores,
        python=environment.python,
        revision=revision(record.git),
        first=record.started_at,
        before=environment.load_before,
    )
    steps = [f"| {step.users} | {step.requests_per_second:.0f} |\n" for step in record.steps]
    first, last = record.samples[0], record.samples[-1]
    kept = _KEPT.format(
        first=first.keys, seconds=first.seconds, last=last.keys, eternal=last.eternal_keys
    )
    return "".join(
        [
            introduction,
            *steps,
            _MEMORY,
            *_memory(record.samples),
            _LATENCY,
            *_latency(record.windows),
            kept,
            *_rows(record),
        ]
    )


def slope(samples: Sequence[Sample], name: str) -> tuple[float, float, float]:
    """MB an hour that a kind of process grows by, and its 95 % interval (Sen, 1968).

    Args:
        samples: Some minutes of them; those of one minute count as one, as they hang together.
        name: The kind of process.
    """
    minutes: dict[int, list[float]] = {}
    for each in samples:
        minutes.setdefault(int(each.seconds // 60), []).append(each.memory[name])
    found = theilslopes([np.mean(each) for each in minutes.values()], list(minutes))
    return found.slope * 60, found.low_slope * 60, found.high_slope * 60


def _memory(samples: Sequence[Sample]) -> Iterator[str]:
    late = [each for each in samples if each.seconds >= samples[-1].seconds / 4]
    for name in late[0].memory:
        middle, low, high = slope(late, name)
        yield (
            f"| {name} | {late[0].memory[name]:.1f} | {late[-1].memory[name]:.1f}"
            f" | {middle:+.1f} [{low:+.1f}, {high:+.1f}] |\n"
        )


def _latency(windows: Sequence[Window]) -> Iterator[str]:
    size = max(1, len(windows) // _PARTS)
    # The first users all begin at once.
    for name, part in (
        ("the second tenth", windows[size : 2 * size]),
        ("the last", windows[-size:]),
    ):
        p50, p99 = (np.median([getattr(each, of) for each in part]) for of in ("p50", "p99"))
        yield f"| {name} | {p50:.0f} | {p99:.0f} |\n"


def _rows(record: Record) -> Iterator[str]:
    changed = {
        table: (record.rows_before.get(table, 0), after)
        for table, after in record.rows_after.items()
        if after != record.rows_before.get(table, 0)
    }
    for table, (before, after) in changed.items():
        yield f"| {table} | {before:,} | {after:,} |\n"
    if not changed:
        yield "| all of them | unchanged | unchanged |\n"
