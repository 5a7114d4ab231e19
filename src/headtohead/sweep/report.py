"""What a sweep found: in short, and with its picture and all plans."""

from collections.abc import Iterator

from headtohead.analysis.growth import Trend
from headtohead.analysis.results import Verdict
from headtohead.report.document import (
    Brief,
    BriefPart,
    Code,
    Figure,
    Fold,
    Folds,
    Item,
    Items,
    Lines,
    Note,
    Page,
    PagePart,
    Section,
    Table,
    Tone,
    Words,
    caveat_note,
    table,
)
from headtohead.report.numbers import (
    NO_VALUE,
    count,
    interval,
    milliseconds,
    quantity,
    ratio,
)
from headtohead.report.sentences import environment_line, environment_section, revision
from headtohead.sweep.growth_chart import growth_plot
from headtohead.sweep.record import Sweep, VariantGrowth
from headtohead.sweep.sentences import (
    HOW_TO_READ,
    in_words,
    notes,
    plans_in_words,
    sizes_in_words,
    statement_plans,
)

PAGE_NAME = "sweep.html"


def brief(sweep: Sweep) -> Brief:
    """The verdicts, what they rest on, caveats with advice, and how to read it."""
    return Brief(title=f"headtohead sweep {sweep.run_id}", parts=tuple(_brief_parts(sweep)))


def _brief_parts(sweep: Sweep) -> Iterator[BriefPart]:
    yield Words(f"{sweep.experiment}: {sweep.question}", Tone.STRONG)
    yield _verdicts(sweep)
    yield _growth_table(sweep)
    yield _size_table(sweep)
    yield from _plan_changes(sweep)
    yield from _caveats(sweep)
    for line in (*notes(sweep), HOW_TO_READ, environment_line(sweep)):
        yield Words(line)


def page(sweep: Sweep) -> Page:
    """All of it, with every plan at every size."""
    return Page(
        title="headtohead sweep",
        run_id=sweep.run_id,
        started_at=sweep.started_at,
        meta=f"commit {revision(sweep)}, {quantity(sweep.seconds)} s",
        sections=(
            Section(
                title=sweep.experiment,
                key="verdicts",
                parts=(
                    Words(sweep.question),
                    _verdicts(sweep),
                    *_caveats(sweep),
                ),
            ),
            Section(title="Growth", key="growth", parts=tuple(_growth_parts(sweep))),
            *_plans(sweep),
            Section(
                title="How to read it",
                key="reading",
                parts=tuple(Words(line) for line in (*notes(sweep), HOW_TO_READ)),
            ),
            environment_section(sweep),
        ),
    )


def _verdicts(sweep: Sweep) -> Items:
    return Items(
        tuple(
            Item(in_words(sweep, growth), series=series)
            for series, growth in enumerate(sweep.growth)
        )
    )


def _growth_parts(sweep: Sweep) -> Iterator[PagePart]:
    yield Figure(
        caption=(
            "Median latency against the rows of the main table, both on logarithmic scales: a"
            " straight line is a power law."
        ),
        legend=tuple(
            Item(growth.variant, series=series) for series, growth in enumerate(sweep.growth)
        ),
        picture=growth_plot(sweep, key="plot"),
    )
    yield _growth_table(sweep)
    yield _size_table(sweep)


def _plans(sweep: Sweep) -> Iterator[Section]:
    if sweep.sizes[0].explained:
        folds = tuple(
            Fold(
                name=growth.variant,
                text=plans_in_words(sweep, growth.variant) or "no SQL",
                series=series,
                parts=tuple(_statements(sweep, growth)),
            )
            for series, growth in enumerate(sweep.growth)
        )
        yield Section(
            title="Plans",
            key="plans",
            parts=(
                Words(
                    "How PostgreSQL answers each statement; those whose plan changes along the"
                    " sizes come first.",
                ),
                Folds(folds),
            ),
        )


def _statements(sweep: Sweep, growth: VariantGrowth) -> Iterator[Section]:
    for each in statement_plans(sweep, growth.variant):
        parts: list[PagePart] = [Words((Code(each.sql),))]
        for stretch in each.stretches:
            parts += [Words(sizes_in_words(stretch), Tone.QUIET), Lines(stretch.shape)]
        yield Section(parts=tuple(parts))


def _plan_changes(sweep: Sweep) -> Iterator[BriefPart]:
    """Each statement whose plan changes along the sizes, with its plans."""
    for growth in sweep.growth:
        for each in statement_plans(sweep, growth.variant):
            if each.changes:
                yield Words(f"{growth.variant}, answered in several ways: {each.sql}")
                yield Lines(
                    tuple(
                        line
                        for stretch in each.stretches
                        for line in (
                            f"  {sizes_in_words(stretch)}:",
                            *(f"    {step}" for step in stretch.shape),
                        )
                    )
                )


def _caveats(sweep: Sweep) -> Iterator[Note]:
    for each in sweep.sizes:
        for caveat in each.result.caveats:
            yield caveat_note(caveat, subject=f"{each.rows:,} rows")


def _growth_table(sweep: Sweep) -> Table:
    return table(
        "Median latency as a power of the rows",
        headers=("Variant", "Exponent", "95 % interval", "From size to size"),
        names=("Variant",),
        rows=[_growth_row(growth) for growth in sweep.growth],
    )


def _growth_row(growth: VariantGrowth) -> tuple[str, ...]:
    if growth.trend is Trend.INVALID:
        return (growth.variant, *[NO_VALUE] * 3)
    low, high = growth.ci95
    return (
        growth.variant,
        f"{growth.exponent:.2f}",
        f"[{low:.2f}, {high:.2f}]",
        ", ".join(f"{each:.2f}" for each in growth.step_exponents),
    )


def _size_table(sweep: Sweep) -> Table:
    return table(
        "At every size: variant over baseline in request pairs, as h2h run measures it",
        headers=("Rows", "Variant", "p50", "Ratio", "95 % interval", "Verdict", "Queries"),
        names=("Variant",),
        words=("Verdict",),
        rows=list(_size_rows(sweep)),
    )


def _size_rows(sweep: Sweep) -> Iterator[tuple[str, ...]]:
    for each in sweep.sizes:
        comparisons = {comparison.variant: comparison for comparison in each.result.comparisons}
        for variant in each.result.variants:
            found = comparisons.get(variant.name)
            verdict = each.result.verdict_on(found) if found else None
            usable = verdict not in {None, Verdict.INVALID}
            yield (
                f"{each.rows:,}",
                variant.name,
                milliseconds(variant.latency_ms.p50),
                ratio(found.ratio) if found and usable else NO_VALUE,
                interval(found.ci95) if found and usable else NO_VALUE,
                verdict or "baseline",
                count(variant.queries_per_request),
            )
