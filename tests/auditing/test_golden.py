"""What people read of audits."""

from headtohead.auditing.terminal import render
from tests.auditing.test_record import record
from tests.golden import Golden, printed, sections


def test_terminal(golden: Golden) -> None:
    golden(
        "audit.txt",
        sections(
            plain=printed(render, record(), width=120),
            in_colour=printed(render, record(), width=120, colour=True),
        ),
    )
