"""A validation as a page of Markdown beside its two pictures."""

from collections.abc import Sequence

from benchmarks.validation.record import Validation
from benchmarks.validation.tables import all_tables
from headtohead.report.numbers import milliseconds, percent

FALSE_ALARM_PLOT = "false-alarms.svg"
POWER_PLOT = "power.svg"


def render(validation: Validation, *, pictures: str = "") -> str:
    """The page.

    Args:
        validation: What was found.
        pictures: Folder of the pictures, seen from the page, with its slash.
    """
    lines = [
        "# Validation",
        "",
        _introduction(validation),
        "",
        f"![False alarms of every rule]({pictures}{FALSE_ALARM_PLOT})",
        "",
        f"![Effects found against their size]({pictures}{POWER_PLOT})",
    ]
    for table in all_tables(validation):
        lines += ["", f"## {table.title}", "", table.explanation, ""]
        lines += [_row(table.headers), _row(["---"] * len(table.headers))]
        lines += [_row(row) for row in table.rows]
    lines += ["", "## Rules", ""]
    lines += [f"- **{_escape(rule.name)}**: {_escape(rule.source)}" for rule in validation.rules]
    return "\n".join(lines) + "\n"


def _introduction(validation: Validation) -> str:
    setup = validation.setup
    environment = setup.environment
    trials = sum(scenario.trials for scenario in validation.scenarios)
    revision = setup.git.commit[:12] if setup.git.commit else "outside a repository"
    busiest = max(scenario.busiest_share for scenario in validation.scenarios)
    return (
        f"`python -m benchmarks.validation` measured `{setup.subject}`"
        f" (`{setup.method} {setup.path}`) against itself {trials:,} times and judged every"
        f" recording by every rule. The endpoint's median latency"
        f" was {milliseconds(setup.median_ms)}, of which its server took"
        f" {milliseconds(setup.median_server_ms)}; effects are percentages of the former. Usual"
        f" length of a trial: {setup.seconds:g} s of requests. {environment.cpu},"
        f" {environment.cores} cores, Python {environment.python}, revision {revision}, begun"
        f" {setup.started_at:%Y-%m-%d %H:%M} UTC; just before a trial other processes used at most"
        f" {percent(busiest)} of the cores. The heavy request of the carry-over trials is"
        f' `{setup.heavy}`. Rules named "in sequence" see the baseline\'s requests in the first'
        " half of a recording and the variant's in the second, as a tool does that measures one"
        ' version after the other; "interleaved" gives the same rule all requests of both arms.'
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_escape(cell) for cell in cells)} |"


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
