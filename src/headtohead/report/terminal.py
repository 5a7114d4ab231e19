"""The report on a terminal: a table where it fits, else one block for each comparison."""

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from headtohead.analysis.results import Metric, Verdict
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
    revisions_sentence,
    shared_error_rate,
    untimed_sentences,
    workers_sentence,
)
from headtohead.report.throughput import STEP_HEADERS, knees, step_rows

# Named colours of the terminal's own palette, those that are legible on white and on black.
_STYLES = {
    Verdict.FASTER: "bold green",
    Verdict.FASTER_SIZE_UNRESOLVED: "green",
    Verdict.SLOWER: "bold red",
    Verdict.SLOWER_SIZE_UNRESOLVED: "red",
    Verdict.NO_DIFFERENCE: "bold",
    Verdict.INCONCLUSIVE: "magenta",
    Verdict.INVALID: "bold red reverse",
}
_NARROWEST_REASON = 28

# Columns of words; all others hold numbers.
_WORDS = {"Variant", "Endpoint", "Benchmark", "Commit", "Committed", "Verdict", "Change"}


def render(run: Run, *, console: Console) -> None:
    """Print what a run found, its caveats with advice, and how to read it."""
    if not run.complete:
        console.print(Text(INCOMPLETE, style="bold red"))
    found = findings(run)
    table = _table(found)
    if _least_width(table, console) <= console.width:
        console.print(table)
    else:
        for finding in found:
            _print_block(finding, console)
    for experiment in run.experiments:
        if experiment.steps:
            print_cells(
                f"{experiment.name}: {knees(experiment)}",
                headers=STEP_HEADERS,
                rows=step_rows(experiment),
                console=console,
            )
        if experiment.offered:
            print_cells(
                f"{experiment.name}: {open_load(experiment)}",
                headers=OPEN_HEADERS,
                rows=open_rows(experiment),
                console=console,
            )
    for where, caveat in caveats(run):
        print_caveat(where, caveat, console)
    for line in (
        revisions_sentence(run),
        *untimed_sentences(run),
        control_sentence(run),
        environment_line(run),
        how_to_read(run),
        shared_error_rate(run),
        workers_sentence(run),
        background_sentence(run),
    ):
        if line:
            console.print(_plain(line))


def _table(found: Sequence[Finding]) -> Table:
    columns = {
        "experiment": [_plain(finding.experiment.name) for finding in found],
        f"baseline {ARROW} variant": [_plain(_contest(finding)) for finding in found],
    }
    if several_metrics(found):
        columns["metric"] = [_plain(finding.metric) for finding in found]
    columns |= {
        change_header(found): [_plain(finding.change) for finding in found],
        "ratio [95 % interval]": [_plain(_ratio(finding)) for finding in found],
        "verdict": [_verdict(finding) for finding in found],
        "queries": [_plain(finding.queries) for finding in found],
    }
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header, cells in columns.items():
        width = max(cell.cell_len for cell in (Text(header), *cells))
        table.add_column(header, no_wrap=True, min_width=width)
    table.add_column("reason", min_width=_NARROWEST_REASON)
    reasons = [_plain(finding.reason) for finding in found]
    for row in zip(*columns.values(), reasons, strict=True):
        table.add_row(*row)
    return table


def _least_width(table: Table, console: Console) -> int:
    unbounded = console.options.update(max_width=sys.maxsize)
    return Measurement.get(console, unbounded, table).minimum


def _print_block(finding: Finding, console: Console) -> None:
    metric = "" if finding.metric is Metric.LATENCY else f", {finding.metric}"
    heading = f"{finding.experiment.name}: {_contest(finding)}{metric}"
    console.print(_plain(heading, style="bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row("verdict", _verdict(finding))
    grid.add_row("ratio", _plain(_ratio(finding) + (" (95 % interval)" if finding.usable else "")))
    grid.add_row(change_header([finding]), _plain(finding.change))
    grid.add_row("queries", _plain(finding.queries))
    if finding.reason:
        grid.add_row("reason", _plain(finding.reason))
    console.print(Padding(grid, (0, 0, 1, 2), expand=False))


def print_cells(
    title: str, *, headers: Sequence[str], rows: Iterable[Sequence[str]], console: Console
) -> None:
    """Print a table below its title, words to the left and numbers to the right."""
    console.print(_plain(title, style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for header in headers:
        justify: JustifyMethod = "left" if header in _WORDS else "right"
        table.add_column(header.lower(), justify=justify)
    for row in rows:
        table.add_row(*map(_plain, row))
    console.print(Padding(table, (0, 0, 1, 2), expand=False))


def print_caveat(where: str, caveat: Caveat, console: Console) -> None:
    """Print what was seen and what to do about it."""
    label = "invalid" if caveat.invalidates else "caveat"
    style = _STYLES[Verdict.INVALID] if caveat.invalidates else "bold"
    console.print(Text.assemble((label, style), " ", _plain(f"{where}: {caveat.message}")))
    console.print(Padding(_plain(caveat.advice), (0, 0, 1, 2), expand=False))


def _contest(finding: Finding) -> str:
    return f"{finding.comparison.baseline} {ARROW} {finding.comparison.variant}"


def _ratio(finding: Finding) -> str:
    comparison = finding.comparison
    return f"{ratio(comparison.ratio)} {interval(comparison.ci95)}" if finding.usable else NO_VALUE


def _verdict(finding: Finding) -> Text:
    # Assembled, so that the style ends with the word and does not fill the cell.
    return Text.assemble((finding.verdict, _STYLES[finding.verdict]))


def _plain(text: str, *, style: str = "") -> Text:
    """Text that reaches the terminal as it is: no markup, and no control character of a server."""
    return Text("".join(c if c.isprintable() else " " for c in text), style=style)
