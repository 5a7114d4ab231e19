"""A gate for people at a terminal: what fails and warns, then how it ended."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from headtohead.ci.gate.judgement import Gate, Judgement
from headtohead.ci.gate.page import RESPONSES, found, summary
from headtohead.ci.gate.policy import FindingKind, Response
from headtohead.report.terminal import plain

_STYLES = {Response.FAIL: "bold red", Response.WARN: "bold yellow", Response.PASS: "green"}
_RESULTS = {"passed": "bold green", "failed": "bold red", "invalid": "bold red"}


def render(gate: Gate, *, console: Console) -> None:
    """Print it."""
    for judgement in gate.judgements:
        if judgement.kind is not FindingKind.PASSED:
            _print(judgement, console)
    passed = dict.fromkeys(
        each.subject for each in gate.judgements if each.kind is FindingKind.PASSED
    )
    if passed:
        console.print(plain(f"Nothing wrong found with {', '.join(passed)}."))
    console.print(
        Text.assemble(("Gate " + gate.result, _RESULTS[gate.result]), ". ", plain(summary(gate)))
    )


def _print(judgement: Judgement, console: Console) -> None:
    heading = Text.assemble(
        (RESPONSES[judgement.response], _STYLES[judgement.response]),
        " ",
        plain(f"{judgement.subject}: {found(judgement)}"),
    )
    console.print(heading)
    for line in filter(None, (judgement.message, judgement.fix)):
        console.print(Padding(plain(line), (0, 0, 0, 2), expand=False))
    console.print()
