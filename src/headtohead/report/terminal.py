"""The report on a terminal: a table where it fits, else one block for each comparison."""

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from headtohead.caveats import Caveat
from headtohead.measurement import Run, Verdict
from headtohead.report.context import (
    INCOMPLETE,
    control_sentence,
    environment_line,
    how_to_read,
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
    for where, caveat in caveats(run):
        _print_caveat(where, caveat, console)
    for line in (
        control_sentence(run),
        environment_line(run),
        how_to_read(run),
        shared_error_rate(run),
    ):
        if line:
            console.print(_plain(line))


def _table(found: Sequence[Finding]) -> Table:
    columns = {
        "experiment": [_plain(finding.experiment.name) for finding in found],
        f"baseline {ARROW} variant": [_plain(_contest(finding)) for finding in found],
        "p50": [_plain(_medians(finding)) for finding in found],
        "ratio [95 % interval]": [_plain(_ratio(finding)) for finding in found],
        "verdict": [_verdict(finding) for finding in found],
        "queries": [_plain(_queries(finding)) for finding in found],
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
    console.print(_plain(f"{finding.experiment.name}: {_contest(finding)}", style="bold"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row("verdict", _verdict(finding))
    grid.add_row("ratio", _plain(_ratio(finding) + (" (95 % interval)" if finding.usable else "")))
    grid.add_row("p50", _plain(_medians(finding)))
    grid.add_row("queries", _plain(_queries(finding)))
    grid.add_row("reason", _plain(finding.reason))
    console.print(Padding(grid, (0, 0, 1, 2), expand=False))


def _print_caveat(where: str, caveat: Caveat, console: Console) -> None:
    label = "invalid" if caveat.invalidates else "caveat"
    style = _STYLES[Verdict.INVALID] if caveat.invalidates else "bold"
    console.print(Text.assemble((label, style), " ", _plain(f"{where}: {caveat.message}")))
    console.print(Padding(_plain(caveat.advice), (0, 0, 1, 2), expand=False))


def _contest(finding: Finding) -> str:
    return f"{finding.comparison.baseline} {ARROW} {finding.comparison.variant}"


def _medians(finding: Finding) -> str:
    return milliseconds_change(finding.baseline.latency_ms.p50, finding.variant.latency_ms.p50)


def _ratio(finding: Finding) -> str:
    comparison = finding.comparison
    return f"{ratio(comparison.ratio)} {interval(comparison.ci95)}" if finding.usable else NO_VALUE


def _queries(finding: Finding) -> str:
    return count_change(finding.baseline.queries_per_request, finding.variant.queries_per_request)


def _verdict(finding: Finding) -> Text:
    # Assembled, so that the style ends with the word and does not fill the cell.
    return Text.assemble((finding.verdict, _STYLES[finding.verdict]))


def _plain(text: str, *, style: str = "") -> Text:
    """Text that reaches the terminal as it is: no markup, and no control character of a server."""
    return Text("".join(c if c.isprintable() else " " for c in text), style=style)
