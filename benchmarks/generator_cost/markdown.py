"""A record as a page of Markdown."""

from benchmarks.generator_cost.kinds import GOALS, Goal, Kind, Measure
from benchmarks.generator_cost.record import Record
from benchmarks.words import revision
from headtohead.report.numbers import interval, ratio

_INTRODUCTION = """\
# What a request costs the load generator

FastHttpUser is Locust's fast client; the lean user is the client that `h2h` and its Locust file use
for plain HTTP. Recorded means that every request leaves a sample with its raw time, the length and
checksum of its body and the server's explanation, and that it is reported. Locust's statistics are
kept by all but the last, which is what `h2h run` does.

{users} users sent `GET` requests for {body_bytes} bytes to a static server on another core, in
{rounds} rounds of one block of {block_seconds:g} s each, in random order. A core-second is a second
of CPU time of the generator's process. Ratios are medians over rounds with 95 % intervals, as in
[the method](method.md). {cpu}, {cores} cores, Python {python}, Locust {locust}, gevent {gevent},
revision {revision}, load {load_before:.2f} before and {load_after:.2f} after, begun
{started_at:%Y-%m-%d %H:%M} UTC.
"""


def render(record: Record) -> str:
    """The page."""
    lines = [_introduction(record)]
    lines += [
        "| | requests/s | requests per core-second | ratio, requests/s | ratio, per core-second |",
        "|---|---|---|---|---|",
        *(_row(record, kind) for kind in Kind),
        "",
        "| goal | ratio to FastHttpUser | reached |",
        "|---|---|---|",
        *(_goal(record, goal) for goal in GOALS),
    ]
    return "\n".join(lines) + "\n"


def reached(record: Record, goal: Goal) -> bool:
    """Whether the whole interval lies at or beyond the goal."""
    return record.ratio(goal.kind, goal.measure).low >= goal.at_least


def _introduction(record: Record) -> str:
    environment = record.environment
    return _INTRODUCTION.format(
        users=record.users,
        body_bytes=record.body_bytes,
        rounds=len({block.round for block in record.blocks}),
        block_seconds=record.block_seconds,
        cpu=environment.cpu,
        cores=environment.cores,
        python=environment.python,
        locust=environment.packages["locust"],
        gevent=environment.packages["gevent"],
        revision=revision(record.git),
        load_before=environment.load_before,
        load_after=environment.load_after,
        started_at=record.started_at,
    )


def _row(record: Record, kind: Kind) -> str:
    rates = [f"{record.median(kind, measure):,.0f}" for measure in Measure]
    ratios = [_ratio(record, kind, measure) if kind is not Kind.FAST else "" for measure in Measure]
    return f"| {' | '.join([kind, *rates, *ratios])} |"


def _goal(record: Record, goal: Goal) -> str:
    aim = f"{goal.kind}: at least {ratio(goal.at_least)} of its {goal.measure}"
    found = _ratio(record, goal.kind, goal.measure)
    by_estimate = record.ratio(goal.kind, goal.measure).ratio >= goal.at_least
    nearly = "by the estimate, not by all of its interval" if by_estimate else "no"
    return f"| {aim} | {found} | {'yes' if reached(record, goal) else nearly} |"


def _ratio(record: Record, kind: Kind, measure: Measure) -> str:
    estimate = record.ratio(kind, measure)
    return f"{ratio(estimate.ratio)} {interval((estimate.low, estimate.high))}"
