"""Sweeps as they would be recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from headtohead.analysis.results import Verdict
from headtohead.protocol.explanation import Statement
from headtohead.records.explained import ExplainedStatement, ExplainedVariant
from headtohead.sweep.record import SCHEMA_VERSION, Size, Sweep, growth_of
from headtohead.validity import sample_size
from tests.explaining import detail, node
from tests.report import samples

ROWS = (1_000, 10_000, 100_000)


def size(
    rows: int, *, medians: Mapping[str, float], queries: Mapping[str, float], body: float = 24_310
) -> Size:
    """The variants of those names at so many rows, the first of which is the baseline."""
    variants = tuple(
        samples.variant(
            name, median=median, queries_per_request=queries[name], bytes_per_response=body
        )
        for name, median in medians.items()
    )
    baseline, *others = variants
    comparisons = tuple(
        samples.comparison(
            other.name,
            ratio=other.latency_ms.p50 / baseline.latency_ms.p50,
            half_width=0.02,
            verdict=Verdict.FASTER,
        )
        for other in others
    )
    result = samples.experiment("product-search", variants=variants, comparisons=comparisons)
    return Size(rows=rows, result=result)


def explained(given: Size, *, shapes: Mapping[str, str]) -> Size:
    """The same, where each variant makes one statement, which is answered by that operation."""
    return replace(
        given,
        explained=tuple(
            ExplainedVariant(
                variant=f"product-search/{name}",
                queries=1,
                statements=(
                    ExplainedStatement(
                        statement=Statement(sql=f"SELECT {name}", times=1),
                        detail=detail(
                            plan=node(
                                operation="Limit", relation="", children=(node(operation=shape),)
                            )
                        ),
                        hints=(),
                    ),
                ),
            )
            for name, shape in shapes.items()
        ),
    )


def explained_sizes() -> tuple[Size, ...]:
    """The same sizes, of which only the smallest gets along without the index."""
    return tuple(
        explained(each, shapes={"sequential": "Seq Scan", "indexed": shape})
        for each, shape in zip(sizes(), ("Seq Scan", "Index Scan", "Index Scan"), strict=True)
    )


def sizes() -> tuple[Size, ...]:
    """A baseline that reads every row, and a variant that hardly notices them."""
    queries = {"sequential": 2.0, "indexed": 2.0}
    return tuple(
        size(rows, medians={"sequential": rows / 500, "indexed": indexed}, queries=queries)
        for rows, indexed in zip(ROWS, (1.70, 1.71, 1.72), strict=True)
    )


def invalid(given: Size) -> Size:
    """The same, but it must not be used, whatever was judged before that was known."""
    found = sample_size.too_few_pairs(pairs=12, needed=40)
    return replace(given, result=replace(given.result, caveats=(found,)))


def sweep(found: Sequence[Size] | None = None) -> Sweep:
    """The record of those sizes."""
    run = samples.run()
    found = tuple(found or sizes())
    return Sweep(
        schema=SCHEMA_VERSION,
        run_id=run.run_id,
        started_at=run.started_at,
        seconds=run.seconds,
        git=run.git,
        environment=run.environment,
        experiment="product-search",
        question="How much faster is a search through an index?",
        sizes=found,
        growth=growth_of(found),
    )
