"""What a run found, in short: for a terminal, or a comment on a pull request."""

from collections.abc import Iterator, Sequence

from headtohead.records.run import Run
from headtohead.report.document import (
    Brief,
    BriefPart,
    Cell,
    Column,
    Kind,
    Table,
    Tone,
    Words,
    caveat_note,
)
from headtohead.report.findings import (
    Finding,
    caveats,
    change_header,
    findings,
    several_metrics,
)
from headtohead.report.numbers import ARROW, NO_VALUE, interval, ratio
from headtohead.report.sentences import (
    INCOMPLETE,
    background_sentence,
    control_sentence,
    environment_line,
    how_to_read,
    revision,
    revisions_sentence,
    shared_alpha,
    untimed_sentences,
    workers_sentence,
)
from headtohead.report.under_load import open_table, step_table


def brief(run: Run) -> Brief:
    """The findings, caveats with advice, and how to read them."""
    return Brief(title=f"headtohead {run.run_id} at {revision(run)}", parts=tuple(_parts(run)))


def _parts(run: Run) -> Iterator[BriefPart]:
    if not run.complete:
        yield Words(INCOMPLETE, Tone.ALERT)
    yield _findings(findings(run))
    for experiment in run.experiments:
        if experiment.steps:
            yield step_table(experiment)
        if experiment.offered:
            yield open_table(experiment, offered=experiment.offered)
    for where, caveat in caveats(run):
        yield caveat_note(caveat, subject=where)
    for line in (
        revisions_sentence(run),
        *untimed_sentences(run),
        control_sentence(run),
        environment_line(run),
        how_to_read(run),
        shared_alpha(run),
        workers_sentence(run),
        background_sentence(run),
    ):
        if line:
            yield Words(line)


def _findings(found: Sequence[Finding]) -> Table:
    metric = [Column("Metric", Kind.NAME)] if several_metrics(found) else []
    return Table(
        columns=(
            Column("Experiment", Kind.NAME),
            Column(f"Baseline {ARROW} variant", Kind.NAME),
            *metric,
            Column(change_header(found), Kind.WORD),
            Column("Ratio", Kind.WORD, "95 % interval"),
            Column("Verdict", Kind.WORD),
            Column("Queries", Kind.WORD),
            Column("Reason", Kind.WORDS),
        ),
        rows=tuple(_row(finding, named=bool(metric)) for finding in found),
    )


def _row(finding: Finding, *, named: bool) -> tuple[Cell, ...]:
    comparison = finding.comparison
    effect = f"{ratio(comparison.ratio)} {interval(comparison.ci95)}"
    return (
        Cell(finding.experiment.name),
        Cell(f"{comparison.baseline} {ARROW} {comparison.variant}"),
        *([Cell(finding.metric)] if named else []),
        Cell(finding.change),
        Cell(effect if finding.usable else NO_VALUE),
        Cell(finding.verdict, verdict=finding.verdict),
        Cell(finding.queries),
        Cell(finding.reason),
    )
