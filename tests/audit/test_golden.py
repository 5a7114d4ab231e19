"""What people read of audits."""

from headtohead.audit.report import brief
from headtohead.report.terminal import render
from tests.audit.test_record import record
from tests.golden import Golden, printed, sections


def test_terminal(golden: Golden) -> None:
    golden(
        "audit.txt",
        sections(
            plain=printed(render, brief(record()), width=120),
            in_colour=printed(render, brief(record()), width=120, colour=True),
        ),
    )
