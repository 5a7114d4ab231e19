"""The report as GitHub-flavoured Markdown, short enough for a comment on a pull request."""

import re
from collections.abc import Iterable, Sequence

from headtohead.records.results import Caveat
from headtohead.records.run import Run
from headtohead.report.findings import (
    Finding,
    caveats,
    change_header,
    findings,
    several_metrics,
)
from headtohead.report.numbers import ARROW, NO_VALUE, interval, ratio
from headtohead.report.open_model import OPEN_HEADERS, open_load, open_rows
from headtohead.report.sentences import (
    INCOMPLETE,
    background_sentence,
    control_sentence,
    environment_line,
    how_to_read,
    revision,
    revisions_sentence,
    shared_error_rate,
    untimed_sentences,
    workers_sentence,
)
from headtohead.report.throughput import STEP_HEADERS, knees, step_rows

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#@&$!])")


def render(run: Run) -> str:
    """The findings as a table, then caveats with advice, then where it was measured."""
    lines = [f"### headtohead {escape(run.run_id)} at {escape(revision(run))}", ""]
    if not run.complete:
        lines += [f"**{INCOMPLETE}**", ""]
    found = findings(run)
    headers = _headers(found)
    lines += [row(headers), row(["---"] * len(headers))]
    lines += [row(_cells(finding, named=several_metrics(found))) for finding in found]
    for experiment in run.experiments:
        if experiment.steps:
            title = f"{experiment.name}: {knees(experiment)}"
            lines += ["", *_table(title, STEP_HEADERS, step_rows(experiment))]
        if experiment.offered:
            title = f"{experiment.name}: {open_load(experiment)}"
            lines += ["", *_table(title, OPEN_HEADERS, open_rows(experiment))]
    lines += ["", *(_item(where, caveat) for where, caveat in caveats(run)), ""]
    lines += [f"{escape(environment_line(run))}. {escape(how_to_read(run))}"]
    for sentence in (
        revisions_sentence(run),
        *untimed_sentences(run),
        control_sentence(run),
        shared_error_rate(run),
        workers_sentence(run),
        background_sentence(run),
    ):
        if sentence:
            lines += ["", escape(sentence)]
    return "\n".join(lines) + "\n"


def _headers(found: Sequence[Finding]) -> list[str]:
    return [
        "Experiment",
        f"Baseline {ARROW} variant",
        *(["Metric"] if several_metrics(found) else []),
        change_header(found),
        "Ratio [95 % interval]",
        "Verdict",
        "Queries",
        "Reason",
    ]


def _cells(finding: Finding, *, named: bool) -> list[str]:
    comparison, baseline, variant = finding.comparison, finding.baseline, finding.variant
    effect = f"{ratio(comparison.ratio)} {interval(comparison.ci95)}"
    return [
        escape(finding.experiment.name),
        escape(f"{baseline.name} {ARROW} {variant.name}"),
        *([str(finding.metric)] if named else []),
        finding.change,
        effect if finding.usable else NO_VALUE,
        f"**{finding.verdict}**",
        finding.queries,
        escape(finding.reason),
    ]


def _table(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        escape(title),
        "",
        row(headers),
        row(["---"] * len(headers)),
        *(row([escape(cell) for cell in cells]) for cells in rows),
    ]


def _item(where: str, caveat: Caveat) -> str:
    label = "Invalid" if caveat.invalidates else "Caveat"
    return f"- **{label}**, {escape(where)}: {escape(caveat.message)} {escape(caveat.advice)}"


def row(cells: Sequence[str]) -> str:
    """A line of a table, of cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
