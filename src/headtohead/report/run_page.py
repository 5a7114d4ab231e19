"""All that a run found, with pictures and whatever is behind the answer."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from headtohead.records.explained import Explained
from headtohead.records.run import Run
from headtohead.report import sentences
from headtohead.report.charts.interval_plot import effect_axis, effect_row, effect_scale
from headtohead.report.document import (
    Facts,
    Figure,
    Item,
    Items,
    Page,
    PagePart,
    Section,
    Steps,
    Words,
)
from headtohead.report.experiment_section import experiment_section
from headtohead.report.findings import Finding, findings, several_metrics
from headtohead.report.numbers import TIMES, interval, quantity, ratio


def page(run: Run, *, explained: Explained | None = None) -> Page:
    """The whole page.

    Args:
        run: What was measured.
        explained: What explains it, if anything does.
    """
    found = findings(run)
    effects = tuple(_effects(found))
    return Page(
        title="headtohead",
        run_id=run.run_id,
        started_at=run.started_at,
        meta=f"commit {sentences.revision(run)}, {quantity(run.seconds)} s",
        warnings=() if run.complete else (sentences.INCOMPLETE,),
        sections=(
            Section(title="Verdicts", key="verdicts", parts=tuple(_verdicts(run, found))),
            *([Section(title="Effects", key="effects", parts=effects)] if effects else []),
            *(
                experiment_section(
                    experiment,
                    run=run,
                    found=found,
                    explained=explained,
                    key=f"experiment-{number}",
                )
                for number, experiment in enumerate(run.experiments, start=1)
            ),
            _reading(run),
            Section(title="Method", key="method", parts=(Steps(tuple(_method(run))),)),
            sentences.environment_section(run),
        ),
    )


def _verdicts(run: Run, found: Sequence[Finding]) -> Iterator[PagePart]:
    told = [each for each in found if not each.quiet]
    yield Items(tuple(Item(each.sentence, verdict=each.verdict) for each in told))
    for line in (
        sentences.revisions_sentence(run),
        *sentences.untimed_sentences(run),
        sentences.control_sentence(run),
        sentences.background_sentence(run),
    ):
        if line:
            yield Words(line)


def _effects(found: Sequence[Finding]) -> Iterator[Figure]:
    """A figure for the effects that share an axis: the same side of it is the faster one."""
    several = several_metrics(found)
    for faster, more in (("right", True), ("left", False)):
        side = [
            finding for finding in found if finding.usable and finding.metric.more_is_faster is more
        ]
        if side:
            of = "of throughput " if more else "of times " if several else ""
            yield Figure(
                caption=(
                    f"Ratio {of}with its 95 % interval, variant over baseline, on a logarithmic"
                    f" scale: {faster} of {TIMES}1 the variant is faster."
                    f" The band around {TIMES}1 is the margin."
                ),
                picture=_effect_rows(side, faster=faster, named=several),
                css_class="effects",
            )


def _effect_rows(side: Sequence[Finding], *, faster: str, named: bool) -> Markup:
    axis = effect_axis(finding.comparison for finding in side)
    template = Markup(
        '<li>\n<span class="name">{}: <b>{}</b>{}</span>\n'
        '<span class="numbers"><b>{}</b> {}</span>\n{}\n</li>\n'
    )
    rows = Markup("").join(
        template.format(
            finding.experiment.name,
            finding.variant.name,
            f" {finding.metric}" if named else "",
            ratio(finding.comparison.ratio),
            interval(finding.comparison.ci95),
            effect_row(
                finding.comparison,
                axis=axis,
                series=finding.series,
                key=f"effect-{faster}-{number}",
            ),
        )
        for number, finding in enumerate(side, start=1)
    )
    scale = effect_scale(axis, key=f"effect-scale-{faster}", faster=faster)
    return Markup("<ol>\n{}</ol>\n{}").format(rows, scale)


def _reading(run: Run) -> Section:
    return Section(
        title="How to read it",
        key="reading",
        parts=(Words(sentences.how_to_read(run)), Facts(sentences.VERDICT_MEANINGS)),
    )


def _method(run: Run) -> Iterator[str]:
    yield from sentences.method_sentences(run)
    yield from sentences.interval_sentences(run)
    yield (
        "The margin is the smallest effect that matters: a difference within it is treated as none."
    )
    yield (
        "The verdict follows from the interval and the margin alone, and an experiment with a"
        " caveat that invalidates it gets none."
    )
    if shared := sentences.shared_alpha(run):
        yield shared
