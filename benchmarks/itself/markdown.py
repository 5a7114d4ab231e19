"""A record as a page of Markdown."""

from collections.abc import Sequence

import numpy as np

from benchmarks.found import Found
from benchmarks.itself.record import Record
from benchmarks.validation.summary import proportion_interval
from benchmarks.words import revision
from headtohead.report.numbers import interval, ratio

_INTRODUCTION = """\
# A commit against itself

Two servers of one commit of a small shop ([benchmarks/proof](../benchmarks/proof)) were compared by
`h2h compare` again and again, each time with {rounds} starts of both and {budget:g} seconds for
each endpoint. Whatever such a comparison claims is wrong.

**{alarms} of {counted} comparisons raised an alarm, {claims} of {endpoints} endpoints were said to
differ{invalid}.** With as few, up to {bound:.1%} of comparisons might (95 %, Clopper & Pearson,
1934).

`python -m benchmarks.itself --output docs/itself` takes the record again. This one took
{minutes:.0f} minutes on {cpu}, {cores} cores, Python {python}, revision {revision}, from
{first:%Y-%m-%d %H:%M} UTC.

| endpoint | no difference | inconclusive | claimed | median | 9 of 10 ratios | 1 in interval |
|---|---|---|---|---|---|---|
"""

_CHANGES = """
## Change points where nothing changed

`h2h history changes` promises to flag at most 1 % of quiet series. These are the ratios above,
taken for a history in which every commit is the same.

| series | ratios each | series | flagged |
|---|---|---|---|
"""


def render(record: Record) -> str:
    """The page."""
    counted = record.counted
    alarms = sum(bool(each.claims) for each in counted)
    endpoints = [found for each in counted for found in each.found]
    invalid = len(record.taken) - len(counted)
    environment = record.environment
    introduction = _INTRODUCTION.format(
        rounds=record.rounds,
        budget=record.budget,
        alarms=alarms,
        counted=len(counted),
        claims=sum(bool(each.effect) for each in endpoints),
        endpoints=len(endpoints),
        invalid=f"; {invalid} more said of themselves that they do not count" if invalid else "",
        bound=proportion_interval(alarms, len(counted))[1],
        minutes=sum(each.seconds for each in record.taken) / 60,
        cpu=environment.cpu,
        cores=environment.cores,
        python=environment.python,
        revision=revision(record.git),
        first=record.taken[0].started_at,
    )
    rows = [_row(path, [each for each in endpoints if each.path == path]) for path in record.series]
    changes = [
        f"| {each.kind} | {each.length} | {each.series} | {each.flagged} |\n"
        for each in record.quiet
    ]
    return "".join([introduction, *rows, _CHANGES, *changes])


def _row(path: str, found: Sequence[Found]) -> str:
    verdicts = [each.verdict for each in found]
    low, middle, high = np.quantile([each.ratio for each in found], [0.05, 0.5, 0.95])
    holds = sum(each.ci95[0] <= 1 <= each.ci95[1] for each in found)
    claimed = sum(bool(each.effect) for each in found)
    return (
        f"| `{path}` | {verdicts.count('no difference')} | {verdicts.count('inconclusive')}"
        f" | {claimed} | {ratio(middle)} | {interval((low, high))} | {holds} of {len(found)} |\n"
    )
