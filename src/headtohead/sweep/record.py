"""What a sweep found: the record that its table, page and picture are derived from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from headtohead.analysis.growth import (
    CountTrend,
    Trend,
    count_trend,
    power_law,
    step_exponents,
    trend,
)
from headtohead.records.encoding import Bounds
from headtohead.records.explained import ExplainedVariant
from headtohead.records.provenance import Environment, GitState
from headtohead.records.results import ExperimentResult, VariantResult

SCHEMA_VERSION = 2
RECORD_NAME = "sweep.json"


@dataclass(frozen=True, kw_only=True)
class Size:
    """The experiment at one number of rows.

    Attributes:
        rows: Rows of the main table.
        result: What `h2h run` would have found there.
        explained: What `h2h explain` would have told of each variant there.
    """

    rows: int
    result: ExperimentResult
    explained: tuple[ExplainedVariant, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VariantGrowth:
    """How one variant's cost grows with the rows.

    Attributes:
        variant: Name of the variant.
        exponent: Of its median latency as a power of the rows.
        ci95: The 95 % interval of that.
        step_exponents: The exponent from each size to the next.
        trend: What the interval says; invalid where the numbers of any size must not be used.
        queries: How the queries of a request go with the rows.
    """

    variant: str
    exponent: float
    ci95: Bounds
    step_exponents: tuple[float, ...]
    trend: Trend
    queries: CountTrend


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What `sweep.json` holds.

    Attributes:
        schema: Version of this format.
        run_id: Name of its folder.
        started_at: When it began.
        seconds: How long it took, setting up the rows included.
        git: The revision measured.
        environment: Where; its rows are the most there were.
        experiment: Name of the experiment.
        question: The question it answers.
        sizes: The experiment at each number of rows, in ascending order.
        growth: One for each variant, the baseline first.
    """

    schema: int
    run_id: str
    started_at: datetime
    seconds: float
    git: GitState
    environment: Environment
    experiment: str
    question: str
    sizes: tuple[Size, ...]
    growth: tuple[VariantGrowth, ...]

    @property
    def valid(self) -> bool:
        """Whether the numbers of all sizes may be used."""
        return all(size.result.valid for size in self.sizes)

    def of_variant(self, name: str) -> tuple[VariantResult, ...]:
        """The results of the variant of that name, the smallest size's first."""
        return tuple(size.result.variant(name) for size in self.sizes)


def growth_of(sizes: Sequence[Size]) -> tuple[VariantGrowth, ...]:
    """How the cost of each variant grows.

    Args:
        sizes: At least three, in ascending order.
    """
    names = [variant.name for variant in sizes[0].result.variants]
    return tuple(_variant_growth(sizes, name) for name in names)


def _variant_growth(sizes: Sequence[Size], name: str) -> VariantGrowth:
    results = [size.result.variant(name) for size in sizes]
    rows = np.array([size.rows for size in sizes], dtype=np.float64)
    milliseconds = np.array([result.latency_ms.p50 for result in results])
    law = power_law(rows=rows, milliseconds=milliseconds)
    valid = all(size.result.valid for size in sizes)
    return VariantGrowth(
        variant=name,
        exponent=law.exponent,
        ci95=(law.low, law.high),
        step_exponents=step_exponents(rows=rows, milliseconds=milliseconds),
        trend=trend(law) if valid else Trend.INVALID,
        queries=count_trend([result.queries_per_request for result in results]),
    )
