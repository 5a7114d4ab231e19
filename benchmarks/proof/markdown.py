"""A record as a page of Markdown."""

from benchmarks.found import Found
from benchmarks.proof.record import Judged, Record
from benchmarks.words import revision
from headtohead.report.numbers import interval, ratio

_INTRODUCTION = """\
# Thirty commits, five of which matter

A shop of five endpoints is written commit by commit ([benchmarks/proof](../benchmarks/proof)).
Three commits make an endpoint slower, two make one faster, and twenty-five change nothing that
matters, such as names, documents, migrations or other endpoints. `h2h gate` judges each commit
against the one before it, as a pipeline would, without knowing which is which. It is right where it
claims the planted difference and no other, and fails where that is a regression.

**{right} of {commits} commits are judged rightly: {found} of {planted} planted differences found,
{false} false claims about {equals} unchanged endpoints.**

`python -m benchmarks.proof --output docs/proof` takes the record again. This one took
{minutes:.0f} minutes on {cpu}, {cores} cores, Python {python}, revision {revision}, load
{load_before:.2f} before and {load_after:.2f} after, begun {started_at:%Y-%m-%d %H:%M} UTC.

| | commit | planted | claimed | gate |
|---|---|---|---|---|
"""


_RESULTS = {0: "passed", 1: "failed", 3: "invalid"}


def render(record: Record) -> str:
    """The page."""
    environment = record.environment
    planted = [each for each in record.commits if each.planted]
    claims = [(each, claim) for each in record.commits for claim in each.claims]
    true_claims = [claim for each, claim in claims if _true(each, claim)]
    endpoints = sum(len(each.found) for each in record.commits)
    introduction = _INTRODUCTION.format(
        right=sum(each.right for each in record.commits),
        commits=len(record.commits),
        found=len(true_claims),
        planted=len(planted),
        false=len(claims) - len(true_claims),
        equals=endpoints - len(planted),
        minutes=record.seconds / 60,
        cpu=environment.cpu,
        cores=environment.cores,
        python=environment.python,
        revision=revision(record.git),
        load_before=environment.load_before,
        load_after=environment.load_after,
        started_at=record.started_at,
    )
    return introduction + "".join(_row(each) for each in record.commits)


def _true(judged: Judged, claim: Found) -> bool:
    planted = judged.planted
    return planted is not None and (claim.path, claim.effect) == (planted.path, planted.effect)


def _row(judged: Judged) -> str:
    planted = judged.planted
    what = f"`{planted.path}` {planted.effect}: {planted.cause}" if planted else ""
    claims = "; ".join(_claim(each) for each in judged.claims)
    mark = "" if judged.right else " **(wrong)**"
    invalid = f" invalid: {', '.join(judged.caveats)}" if judged.caveats else ""
    gate = _RESULTS.get(judged.exit_code, "error")
    return f"| {judged.number} | {judged.message} | {what} | {claims}{invalid}{mark} | {gate} |\n"


def _claim(found: Found) -> str:
    before, after = found.queries
    queries = f", {before:g} → {after:g} queries" if before != after else ""
    size = f"{ratio(found.ratio)} {interval(found.ci95)}"
    return f"`{found.path}` {found.verdict}, {size}{queries}"
