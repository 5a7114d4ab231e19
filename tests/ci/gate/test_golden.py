"""The words of a gate, in one file for each form of it."""

from pathlib import Path

from headtohead.ci.gate import github
from headtohead.ci.gate.policy import Policy
from headtohead.ci.gate.report import brief
from headtohead.ci.gate.write_files import write_gate
from headtohead.report import terminal
from tests.ci.gate.findings import FINDINGS
from tests.ci.gate.samples import (
    CHECK,
    FASTER,
    INCONCLUSIVE,
    INVALID,
    PASSED,
    every_judgement,
    gate,
)
from tests.golden import Golden, printed, sections
from tests.report import samples


def test_every_file_that_is_written(golden: Golden, tmp_path: Path) -> None:
    write_gate(every_judgement(), samples.run(samples.slower()), tmp_path)
    for path in tmp_path.iterdir():
        golden(path.name, path.read_text(encoding="utf-8"))


def test_every_finding(golden: Golden) -> None:
    lines = [
        f"{name}: {each.kind}: {each.text}"
        for name, find in FINDINGS.items()
        for each in find("product-list").judge(Policy())
    ]
    golden("findings.txt", "\n".join(lines))


def test_annotations_for_github(golden: Golden) -> None:
    golden("annotations.txt", "\n".join(github.annotations(every_judgement())))


def test_terminal(golden: Golden) -> None:
    golden(
        "terminal.txt",
        sections(
            failed=printed(terminal.render, brief(every_judgement()), width=80),
            one_failed=printed(terminal.render, brief(gate(CHECK, INCONCLUSIVE)), width=80),
            invalid=printed(terminal.render, brief(gate(INVALID, PASSED)), width=80),
            passed=printed(terminal.render, brief(gate(PASSED, FASTER)), width=80),
        ),
    )


def test_terminal_in_colour(golden: Golden) -> None:
    golden(
        "terminal.colour.txt",
        sections(
            failed=printed(terminal.render, brief(every_judgement()), width=80, colour=True),
            invalid=printed(terminal.render, brief(gate(INVALID)), width=80, colour=True),
            passed=printed(terminal.render, brief(gate(PASSED, FASTER)), width=80, colour=True),
        ),
    )
