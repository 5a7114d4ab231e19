"""Lines of a history as series, in the order of commits, with their change points."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from headtohead.analysis.change_points import ChangePoint, changes
from headtohead.analysis.results import Metric
from headtohead.ci.history.history_file import HistoryEntry
from headtohead.report.numbers import interval, percent, ratio

_COMMIT_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class LevelChange:
    """A change point, and the commit that the new level begins with.

    Attributes:
        entry: The first measurement on the new level.
        previous: The last one on the level before.
        change: What it amounts to.
    """

    entry: HistoryEntry
    previous: HistoryEntry
    change: ChangePoint


@dataclass(frozen=True, kw_only=True)
class Series:
    """All measurements of one endpoint against one anchor.

    Attributes:
        subject: The endpoint's name.
        metric: What was compared.
        anchor: What it was compared with.
        entries: In the order of commits; of one commit, in that of measurements.
        steps: Its change points.
    """

    subject: str
    metric: Metric
    anchor: str
    entries: tuple[HistoryEntry, ...]
    steps: tuple[LevelChange, ...]


def series_of(entries: Iterable[HistoryEntry]) -> tuple[Series, ...]:
    """The series of a history, by the names of their endpoints.

    Lines may be in any order, as merging leaves them: commits are ordered by when they were made,
    and those of one second as git orders them, what is built on another after it.
    """
    ordered = sorted(
        entries,
        key=lambda each: (
            *_key(each),
            each.committed_at,
            each.ancestors,
            each.commit,
            each.measured_at,
        ),
    )
    return tuple(_series(tuple(group)) for _, group in groupby(ordered, key=_key))


def _key(entry: HistoryEntry) -> tuple[str, str, str]:
    return (entry.subject, entry.metric, entry.anchor)


def _series(entries: tuple[HistoryEntry, ...]) -> Series:
    return Series(
        subject=entries[0].subject,
        metric=entries[0].metric,
        anchor=entries[0].anchor,
        entries=entries,
        steps=tuple(
            LevelChange(entry=entries[each.index], previous=entries[each.index - 1], change=each)
            for each in changes([entry.ratio for entry in entries])
        ),
    )


def short(commit: str) -> str:
    """A commit's hash, as short as it may be."""
    return commit[:_COMMIT_LENGTH]


def step_sentence(series: Series, step: LevelChange) -> str:
    """A change point as one sentence that can be quoted."""
    change = step.change
    return (
        f"{series.subject}: {step_in_words(step)} from commit {short(step.entry.commit)} on, "
        f"which was measured after {short(step.previous.commit)} "
        f"(level {ratio(change.before)} before, {ratio(change.after)} since; "
        f"step {ratio(change.step)} {interval(change.ci95)})."
    )


def title(series: Series) -> str:
    """What a series shows."""
    return f"{series.subject}: {series.metric} over that of {short(series.anchor)}"


def step_in_words(step: LevelChange) -> str:
    """How much slower or faster it became, such as ``12 % slower``."""
    size = step.change.step - 1
    return f"{percent(abs(size))} {'slower' if size > 0 else 'faster'}"
