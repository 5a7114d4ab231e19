"""What people read of a history."""

from headtohead.analysis.results import Verdict
from headtohead.ci.history.history_file import DamagedLine
from headtohead.ci.history.report import (
    changes,
    damage_sentence,
    measurements,
    overview,
    page,
)
from headtohead.ci.history.series import series_of
from headtohead.report import html, terminal
from tests.ci.history.samples import STEP, entries, entry
from tests.golden import Golden, printed, readable, sections

EVERY_VERDICT = [
    entry(number, 1.0, subject="verdicts", verdict=verdict)
    for number, verdict in enumerate(Verdict)
]
SERIES = series_of(
    [
        *entries(STEP),
        *entries([1 / ratio for ratio in STEP], subject="faster"),
        *entries([1.0], subject="once"),
        *EVERY_VERDICT,
    ]
)
DAMAGED = damage_sentence(
    DamagedLine(line=3, problem="its checksum <differs>"), path="history.jsonl"
)


def test_terminal(golden: Golden) -> None:
    golden(
        "history.txt",
        sections(
            all_endpoints=printed(terminal.render, overview(SERIES), width=120),
            every_commit=printed(terminal.render, measurements(SERIES), width=120),
            changes=printed(terminal.render, changes(SERIES), width=120),
            one_change=printed(terminal.render, changes(SERIES[:1]), width=120),
            no_change=printed(terminal.render, changes(series_of(EVERY_VERDICT)), width=120),
        ),
    )


def test_page(golden: Golden) -> None:
    golden("history.html", readable(html.render(page(SERIES, damaged=[DAMAGED]))))
