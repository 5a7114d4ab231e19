"""A history in words, the same wherever it is shown."""

from collections.abc import Sequence

from headtohead.ci.history.history_file import DamagedLine
from headtohead.ci.history.series import Series, short, step_in_words
from headtohead.report.numbers import interval, ratio

SERIES_HEADERS = ("Endpoint", "Commits", "First", "Latest [95 % interval]", "Verdict", "Changes")
ENTRY_HEADERS = ("#", "Commit", "Committed", "Ratio [95 % interval]", "Verdict", "Change")


def series_row(series: Series) -> tuple[str, ...]:
    """A series in one line."""
    first, latest = series.entries[0], series.entries[-1]
    return (
        series.subject,
        str(len({entry.commit for entry in series.entries})),
        ratio(first.ratio),
        f"{ratio(latest.ratio)} {interval(latest.ci95)}",
        str(latest.verdict),
        str(len(series.steps)),
    )


def entry_rows(series: Series) -> list[tuple[str, ...]]:
    """A series line by line, the newest last."""
    steps = {step.entry.identity: step for step in series.steps}
    return [
        (
            str(number),
            short(entry.commit),
            f"{entry.committed_at:%Y-%m-%d}",
            f"{ratio(entry.ratio)} {interval(entry.ci95)}",
            str(entry.verdict),
            step_in_words(steps[entry.identity]) if entry.identity in steps else "",
        )
        for number, entry in enumerate(series.entries, start=1)
    ]


def damage_sentence(damage: DamagedLine, *, path: str) -> str:
    """What is lost of a file, and what to do about it."""
    return (
        f"{path}, line {damage.line}: {damage.problem}; it is left out. "
        "Take it from an earlier commit of the file, or measure that commit again."
    )


def summary(series: Sequence[Series]) -> str:
    """How many changes there are in how many series."""
    found = sum(len(each.steps) for each in series)
    changes = "No change" if not found else "1 change" if found == 1 else f"{found} changes"
    endpoints = "1 endpoint" if len(series) == 1 else f"{len(series)} endpoints"
    return f"{changes} in {endpoints}."
