"""The report as GitHub-flavoured Markdown, short enough for a comment on a pull request."""

import re
from collections.abc import Sequence

from headtohead.caveats import Caveat
from headtohead.measurement import Run
from headtohead.report.context import (
    INCOMPLETE,
    control_sentence,
    environment_line,
    how_to_read,
    revision,
    shared_error_rate,
)
from headtohead.report.findings import Finding, caveats, findings
from headtohead.report.format import (
    ARROW,
    NO_VALUE,
    count_change,
    interval,
    milliseconds_change,
    ratio,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#@&$!])")
_HEADERS = (
    "Experiment",
    f"Baseline {ARROW} variant",
    "p50",
    "Ratio [95 % interval]",
    "Verdict",
    "Queries",
    "Reason",
)


def render(run: Run) -> str:
    """The findings as a table, then caveats with advice, then where it was measured."""
    lines = [f"### headtohead {_escape(run.run_id)} at {_escape(revision(run))}", ""]
    if not run.complete:
        lines += [f"**{INCOMPLETE}**", ""]
    lines += [_row(_HEADERS), _row(["---"] * len(_HEADERS))]
    lines += [_row(_cells(finding)) for finding in findings(run)]
    lines += ["", *(_item(where, caveat) for where, caveat in caveats(run)), ""]
    lines += [f"{_escape(environment_line(run))}. {_escape(how_to_read(run))}"]
    for sentence in (control_sentence(run), shared_error_rate(run)):
        if sentence:
            lines += ["", _escape(sentence)]
    return "\n".join(lines) + "\n"


def _cells(finding: Finding) -> list[str]:
    comparison, baseline, variant = finding.comparison, finding.baseline, finding.variant
    effect = f"{ratio(comparison.ratio)} {interval(comparison.ci95)}"
    return [
        _escape(finding.experiment.name),
        _escape(f"{baseline.name} {ARROW} {variant.name}"),
        milliseconds_change(baseline.latency_ms.p50, variant.latency_ms.p50),
        effect if finding.usable else NO_VALUE,
        f"**{finding.verdict}**",
        count_change(baseline.queries_per_request, variant.queries_per_request),
        _escape(finding.reason),
    ]


def _item(where: str, caveat: Caveat) -> str:
    label = "Invalid" if caveat.invalidates else "Caveat"
    return f"- **{label}**, {_escape(where)}: {_escape(caveat.message)} {_escape(caveat.advice)}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
