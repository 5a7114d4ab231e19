"""What a gate found: in short for a terminal, and as the one page of a pull request or a job."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain

from headtohead.ci.gate.judgement import Gate, Judgement
from headtohead.ci.gate.policy import WELL, FindingKind, Response
from headtohead.records.run import Run
from headtohead.report import markdown, run_brief
from headtohead.report.document import Brief, Cell, Column, Note, Table, Tone, Words
from headtohead.report.markdown import escape
from headtohead.report.numbers import interval, percent, ratio

# By it a pipeline finds the comment that it wrote before, to write it again.
MARKER = "<!-- headtohead -->"
# GitHub refuses a comment of more than 65,536 characters.
LONGEST = 60_000

_RESPONSES = {Response.FAIL: "fails", Response.WARN: "warns", Response.PASS: "passes"}
_FOUND = {
    FindingKind.PASSED: "nothing wrong",
    FindingKind.FASTER: "faster",
    FindingKind.CHECKS: "check failed",
    FindingKind.SLOWER: "slower",
    FindingKind.UNRESOLVED: "slower, size unresolved",
    FindingKind.INCONCLUSIVE: "inconclusive",
    FindingKind.DIFFERS: "differs",
    FindingKind.UNTESTED: "untested",
    FindingKind.INVALID: "invalid",
}


def render(gate: Gate, record: Run | None) -> str:
    """What fails and warns first, then what passes, then the whole comparison, folded.

    Args:
        gate: What was found.
        record: The comparison behind it; None where there was nothing to compare with.
    """
    head = [MARKER, f"### headtohead: {gate.result}", "", escape(summary(gate)), ""]
    told = [each for each in gate.judgements if each.kind is not FindingKind.PASSED]
    passed = [each for each in gate.judgements if each.kind is FindingKind.PASSED]
    lines = [*head, *_table(told)]
    folds = [
        *([_folded(f"{len(passed)} passed", _table(passed))] if passed else []),
        *([_folded("The whole comparison", _whole(record))] if record else []),
    ]
    whole = _text([*lines, *chain.from_iterable(folds)])
    if len(whole) <= LONGEST:
        return whole
    rest = ["", f"The rest is in the report of run {escape(gate.run_id)}."]
    room = LONGEST - len(_text(rest))
    # The table may be too long by itself: the gravest come first, so what is cut is what matters
    # least. A fold is there as a whole or not at all.
    ends = accumulate(len(line) + 1 for line in lines)
    kept = [line for line, end in zip(lines, ends, strict=True) if end <= room]
    for fold in folds:
        if len(_text([*kept, *fold])) > room:
            break
        kept += fold
    return _text([*kept, *rest])


def _whole(record: Run) -> list[str]:
    return markdown.render(run_brief.brief(record)).splitlines()


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def brief(gate: Gate) -> Brief:
    """What fails and warns, and how it ended."""
    told = [each for each in gate.judgements if each.kind is not FindingKind.PASSED]
    passed = [each.subject for each in gate.judgements if each.kind is FindingKind.PASSED]
    well = f"Nothing wrong found with {', '.join(dict.fromkeys(passed))}."
    ended = Tone.STRONG if gate.result == "passed" else Tone.ALERT
    return Brief(
        title=f"headtohead: {gate.result}",
        parts=(
            *map(_note, told),
            *([Words(well)] if passed else []),
            Words(f"Gate {gate.result}. {summary(gate)}", ended),
        ),
    )


def _note(judgement: Judgement) -> Note:
    return Note(
        label=_RESPONSES[judgement.response],
        alarming=judgement.response is Response.FAIL,
        subject=f"{judgement.subject}, {found(judgement)}",
        text=judgement.message,
        advice=judgement.fix,
    )


def summary(gate: Gate) -> str:
    """How many judgements there are of each response, and of which revisions."""
    if not gate.judgements and gate.not_compared:
        return gate.not_compared
    fail, warn, passes = (
        len(gate.those(each)) for each in (Response.FAIL, Response.WARN, Response.PASS)
    )
    allowed = sum(each.kind not in WELL for each in gate.those(Response.PASS))
    # What the policy lets pass is not what was found to be well.
    let_pass = f", {allowed} of them only because the policy says so" if allowed else ""
    remark = f"{gate.not_compared} " if gate.not_compared else ""
    return (
        f"{remark}The working tree against {gate.base}: "
        f"{fail} {_verb(fail, 'fails', 'fail')}, {warn} {_verb(warn, 'warns', 'warn')}, "
        f"{passes} {_verb(passes, 'passes', 'pass')}{let_pass}."
    )


def _verb(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def found(judgement: Judgement) -> str:
    """What was found, in a word or three."""
    return _FOUND[judgement.kind]


def _table(judgements: list[Judgement]) -> Iterator[str]:
    if judgements:
        columns = (
            *map(Column, ("", "Found", "Subject")),
            Column("Head / base", detail="95 % interval"),
            *map(Column, ("Margin", "What, and what to do")),
        )
        yield from markdown.table(Table(columns=columns, rows=tuple(map(_row, judgements))))


def _row(judgement: Judgement) -> tuple[Cell, ...]:
    measured = judgement.measured
    fails = judgement.response is Response.FAIL
    return (
        Cell(_RESPONSES[judgement.response], Tone.STRONG if fails else Tone.PLAIN),
        Cell(found(judgement)),
        Cell(judgement.subject),
        Cell(f"{ratio(measured.ratio)} {interval(measured.ci95)}" if measured else ""),
        Cell(percent(measured.margin) if measured else ""),
        Cell(judgement.text),
    )


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    return ["", f"<details><summary>{title}</summary>", "", *lines, "", "</details>"]
