"""From the record of a comparison to lines of a history."""

from collections.abc import Iterator
from pathlib import Path

from headtohead.ci.history.history_file import HistoryEntry, append, read_history
from headtohead.errors import ConfigurationError, MeasurementError, RecordError
from headtohead.records.run import Run
from headtohead.revisions.git import committed_at, count


def add(record: Run, *, path: Path, root: Path) -> tuple[HistoryEntry, ...]:
    """Add a comparison with the anchor to a history.

    The first one pins the anchor: what was compared with another commit is another history.

    Args:
        record: A comparison of two commits.
        path: The history's file.
        root: The project, in whose repository the commits are.

    Returns:
        What the file did not hold before.

    Raises:
        ConfigurationError: The history has another anchor.
        MeasurementError: The comparison does not count.
        RecordError: The record compares no commits.
        RevisionError: The repository does not have the commit.
    """
    entries = tuple(_entries(record, root=root))
    held = read_history(path).entries if path.exists() else ()
    anchors = {each.anchor for each in held}
    if anchors and entries[0].anchor not in anchors:
        raise ConfigurationError(
            f"{path} compares with {held[0].anchor[:12]}, and run {record.run_id} with "
            f"{entries[0].anchor[:12]}",
            fix=f"`h2h compare {held[0].anchor[:12]}`, or begin another history with --file",
        )
    return append(entries, path)


def _entries(record: Run, *, root: Path) -> Iterator[HistoryEntry]:
    revisions = record.revisions
    if revisions is None:
        raise RecordError(
            f"run {record.run_id} compares variants, not revisions",
            fix="give the record of `h2h compare ANCHOR COMMIT`",
        )
    if revisions.base.changed or revisions.head.changed:
        raise RecordError(
            f"run {record.run_id} measured uncommitted changes",
            fix="commit it, then compare that commit with the anchor",
        )
    if not record.valid:
        raise MeasurementError(
            f"run {record.run_id} is invalid",
            fix="follow the advice in its report, and measure again",
        )
    moment = committed_at(revisions.head.commit, root=root)
    ancestors = count(revisions.head.commit, root=root)
    for experiment in record.experiments:
        for comparison in experiment.comparisons:
            yield HistoryEntry(
                subject=experiment.name,
                metric=comparison.metric,
                anchor=revisions.base.commit,
                commit=revisions.head.commit,
                committed_at=moment,
                ratio=comparison.ratio,
                ci95=comparison.ci95,
                margin=comparison.margin,
                verdict=comparison.verdict,
                run_id=record.run_id,
                measured_at=record.started_at,
                ancestors=ancestors,
            )
