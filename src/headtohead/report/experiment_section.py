"""All that is told of one experiment of a run."""

from collections.abc import Iterator, Sequence

from headtohead.records.comparison import Mode
from headtohead.records.explained import Explained
from headtohead.records.results import ExperimentResult, VariantResult
from headtohead.records.run import Run
from headtohead.report import sentences
from headtohead.report.charts.distribution_plot import distribution_plot, latency_axis
from headtohead.report.charts.step_chart import step_plot
from headtohead.report.document import (
    Cell,
    Code,
    Column,
    Figure,
    Item,
    Kind,
    PagePart,
    Section,
    Table,
    Words,
    caveat_note,
)
from headtohead.report.explanation import explained_section
from headtohead.report.findings import Finding, several_metrics
from headtohead.report.numbers import (
    NO_VALUE,
    bounds,
    count,
    interval,
    load,
    milliseconds,
    per_second,
    percent,
    points,
    quantity,
    ratio,
    size,
)
from headtohead.report.under_load import open_table, step_table


def experiment_section(
    experiment: ExperimentResult,
    *,
    run: Run,
    found: Sequence[Finding],
    explained: Explained | None,
    key: str,
) -> Section:
    """What was asked, what was found, and what it rests on.

    Args:
        experiment: The experiment.
        run: The run that it is of.
        found: What the whole run found.
        explained: What explains the run, if anything does.
        key: Unique within the page.
    """
    return Section(
        title=experiment.name,
        key=key,
        parts=tuple(_parts(experiment, run=run, found=found, explained=explained, key=key)),
        css_class="experiment",
    )


def _parts(
    experiment: ExperimentResult,
    *,
    run: Run,
    found: Sequence[Finding],
    explained: Explained | None,
    key: str,
) -> Iterator[PagePart]:
    yield Words(experiment.question)
    yield Words((Code(f"{experiment.method} {experiment.path}"),))
    yield from map(caveat_note, experiment.caveats)
    yield _comparisons(
        experiment,
        [finding for finding in found if finding.experiment is experiment],
        named=several_metrics(found),
    )
    if explained:
        yield from explained_section(experiment, run=run, explained=explained)
    yield _variants(experiment)
    for failing in experiment.error_differences:
        low, high = map(points, failing.ci95)
        yield Words(
            f"Share of failed requests, {failing.variant} less {failing.baseline}:"
            f" {points(failing.difference)} percentage points,"
            f" 95 % interval {low} to {high}.",
        )
    if experiment.offered:
        yield open_table(experiment, offered=experiment.offered)
    if experiment.steps:
        yield step_table(experiment)
        yield Figure(
            caption=(
                "Requests/s of all users together against their number, both on logarithmic"
                " scales, with 95 % intervals; a ring marks the knee, beyond which throughput"
                " hardly grows."
            ),
            legend=_legend(experiment),
            picture=step_plot(experiment, key=f"{key}-growth"),
        )
    axis = latency_axis(experiment.variants)
    yield Figure(
        caption=(
            f"{'Response time' if experiment.offered else 'Latency'} distributions up to about the"
            f" 99th percentile, on a {'logarithmic' if axis.logarithmic else 'linear'} scale; each"
            " curve covers the same area, the symbol marks its median."
        ),
        legend=_legend(experiment, medians=True),
        picture=distribution_plot(experiment.variants, axis=axis, key=f"{key}-latencies"),
    )
    if conditions := sentences.conditions(experiment):
        yield Words(conditions)


def _legend(experiment: ExperimentResult, *, medians: bool = False) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"{variant.name}, p50 {milliseconds(variant.latency_ms.p50)}"
            if medians
            else variant.name,
            series=series,
        )
        for series, variant in enumerate(experiment.variants)
    )


def _comparisons(experiment: ExperimentResult, found: Sequence[Finding], *, named: bool) -> Table:
    return Table(
        title=f"Comparisons with {experiment.baseline}",
        columns=(
            Column("Variant", Kind.NAME),
            *([Column("Metric", Kind.WORD)] if named else []),
            Column("Verdict", Kind.WORD),
            Column("Ratio"),
            Column("95 % interval"),
            Column("Margin"),
            Column("Pairs" if experiment.mode is Mode.LATENCY else "Rounds or groups"),
            Column("Measured for"),
            Column("Reason", Kind.WORDS),
        ),
        rows=tuple(_comparison(finding, named=named) for finding in found),
    )


def _comparison(finding: Finding, *, named: bool) -> tuple[Cell, ...]:
    comparison = finding.comparison
    early = ", stopped early" if comparison.stopped_early else ""
    return (
        Cell(comparison.variant, series=finding.series),
        *([Cell(finding.metric)] if named else []),
        Cell(finding.verdict, verdict=finding.verdict),
        Cell(ratio(comparison.ratio) if finding.usable else NO_VALUE),
        Cell(interval(comparison.ci95) if finding.usable else NO_VALUE),
        Cell(percent(comparison.margin)),
        Cell(count(comparison.pairs)),
        Cell(f"{quantity(comparison.seconds)} s{early}"),
        Cell(finding.reason),
    )


def _variants(experiment: ExperimentResult) -> Table:
    under_load = experiment.mode is not Mode.LATENCY
    below = "; below a number its 95 % interval" if under_load else ""
    if experiment.offered:
        asked = f"of {per_second(experiment.offered.rate)} planned"
    elif under_load:
        asked = f"of {load(experiment.users, experiment.workers)}"
    else:
        asked = "of one user"
    return Table(
        title=f"Variants (times in ms, counts per request{below})",
        columns=(
            Column("Variant", Kind.NAME),
            *map(Column, ("p50", "p95", "p99", "Mean")),
            Column("Requests/s", detail=asked),
            *map(Column, ("Queries", "Database", "Cache hits", "Body", "Requests", "Errors")),
        ),
        rows=tuple(_variant(each, series) for series, each in enumerate(experiment.variants)),
    )


def _variant(variant: VariantResult, series: int) -> tuple[Cell, ...]:
    latency, known = variant.latency_ms, variant.intervals
    told, hits = variant.explained, variant.cache_hit_ratio
    errors = " to ".join(map(percent, known.error_ratio)) if known else ""
    return (
        Cell(variant.name if series else f"{variant.name} (baseline)", series=series),
        Cell(quantity(latency.p50), below=bounds(known.p50) if known else ""),
        Cell(quantity(latency.p95), below=bounds(known.p95) if known else ""),
        Cell(quantity(latency.p99), below=bounds(known.p99) if known else ""),
        Cell(quantity(latency.mean)),
        Cell(
            quantity(variant.throughput_rps),
            below=bounds(known.throughput_rps) if known else "",
        ),
        Cell(count(variant.queries_per_request) if told else NO_VALUE),
        Cell(quantity(variant.db_ms_per_request) if told else NO_VALUE),
        Cell(NO_VALUE if hits is None else percent(hits)),
        Cell(size(variant.bytes_per_response)),
        Cell(count(variant.requests)),
        Cell(count(variant.errors), below=errors),
    )
