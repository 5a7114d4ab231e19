"""What a history holds: in short, and with a picture of every endpoint."""

from collections.abc import Sequence
from pathlib import Path

from headtohead.ci.history.history_file import DamagedLine
from headtohead.ci.history.series import Series, short, step_in_words, step_sentence, title
from headtohead.ci.history.series_chart import series_plot
from headtohead.report.document import (
    Brief,
    Column,
    Figure,
    Note,
    Page,
    Section,
    Table,
    Words,
    table,
)
from headtohead.report.numbers import interval, ratio

_TITLE = "headtohead history"


def overview(series: Sequence[Series]) -> Brief:
    """Every endpoint in a line."""
    found = table(
        "Time of the newest commit over that of the anchor",
        headers=(
            "Endpoint",
            "Commits",
            "First",
            Column("Latest", detail="95 % interval"),
            "Verdict",
            "Changes",
        ),
        names=("Endpoint",),
        words=("Verdict",),
        rows=[_series_row(each) for each in series],
    )
    return Brief(title=_TITLE, parts=(found,))


def measurements(series: Sequence[Series]) -> Brief:
    """Every measurement of the series in a line, and what changed."""
    tables = [_entries(each, named=title(each)) for each in series]
    return Brief(title=_TITLE, parts=(*tables, *changes(series).parts))


def changes(series: Sequence[Series]) -> Brief:
    """Every change point as a sentence, and how many there are."""
    lines = [step_sentence(each, step) for each in series for step in each.steps]
    return Brief(title=_TITLE, parts=tuple(Words(line) for line in (*lines, _summary(series))))


def page(series: Sequence[Series], *, damaged: Sequence[str]) -> Page:
    """All of it.

    Args:
        series: What the history holds.
        damaged: What is lost of it, in words.
    """
    return Page(
        title=_TITLE,
        meta=_summary(series),
        warnings=damaged,
        sections=tuple(_section(each, number) for number, each in enumerate(series, start=1)),
    )


def is_page(path: Path) -> bool:
    """Whether a file is such a page."""
    return f"<title>{_TITLE}</title>".encode() in path.read_bytes()


def damage_sentence(damage: DamagedLine, *, path: str) -> str:
    """What is lost of a file, and what to do about it."""
    return (
        f"{path}, line {damage.line}: {damage.problem}; it is left out. "
        "Take it from an earlier commit of the file, or measure that commit again."
    )


def _section(series: Series, number: int) -> Section:
    changed = [
        Note(label="Change", alarming=False, text=step_sentence(series, step), advice="")
        for step in series.steps
    ]
    figure = Figure(
        caption=(
            "Ratio to the anchor with its 95 % interval, commit by commit; above 1 is slower. A"
            " line marks where the level changes."
        ),
        picture=series_plot(series, key=f"series-plot-{number}"),
    )
    return Section(
        title=title(series),
        key=f"series-{number}",
        parts=(*changed, figure, _entries(series, named="Measurements, the newest last")),
    )


def _series_row(series: Series) -> tuple[str, ...]:
    first, latest = series.entries[0], series.entries[-1]
    return (
        series.subject,
        str(len({entry.commit for entry in series.entries})),
        ratio(first.ratio),
        f"{ratio(latest.ratio)} {interval(latest.ci95)}",
        str(latest.verdict),
        str(len(series.steps)),
    )


def _entries(series: Series, *, named: str) -> Table:
    steps = {step.entry.identity: step for step in series.steps}
    return table(
        named,
        headers=(
            "#",
            "Commit",
            "Committed",
            Column("Ratio", detail="95 % interval"),
            "Verdict",
            "Change",
        ),
        names=("Commit",),
        words=("Committed", "Verdict", "Change"),
        rows=[
            (
                str(number),
                short(entry.commit),
                f"{entry.committed_at:%Y-%m-%d}",
                f"{ratio(entry.ratio)} {interval(entry.ci95)}",
                str(entry.verdict),
                step_in_words(steps[entry.identity]) if entry.identity in steps else "",
            )
            for number, entry in enumerate(series.entries, start=1)
        ],
    )


def _summary(series: Sequence[Series]) -> str:
    found = sum(len(each.steps) for each in series)
    changed = "No change" if not found else "1 change" if found == 1 else f"{found} changes"
    endpoints = "1 endpoint" if len(series) == 1 else f"{len(series)} endpoints"
    return f"{changed} in {endpoints}."
