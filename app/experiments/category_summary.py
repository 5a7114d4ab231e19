"""An aggregation over all products and reviews: computed when asked for, cached, or materialised.

The cache is forgotten after every write, so it is right; the next request computes it again. The
table is brought up to date by a Celery task once a minute: no request computes anything, and each
may be a minute behind. Each answer tells its age.
"""

from collections.abc import Iterator

from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

# Seconds that an answer may be old: the interval of the beat, and as much again for a task that
# has to wait for its turn.
OLDEST = 2 * 60


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """How old the answer is, right after one that may have filled a cache."""
    variant.require(CATEGORY_SUMMARY.request)
    age = int(variant.require(CATEGORY_SUMMARY.request).headers["Age"])
    live = variant.variant_name == CATEGORY_SUMMARY.baseline.name
    yield Fact(
        name="age of the answer",
        value=age,
        unit="s",
        expected="0" if live else f"at most {OLDEST}",
        holds=age <= (0 if live else OLDEST),
    )


CATEGORY_SUMMARY = Experiment(
    name="category-summary",
    question="How much faster are the figures per category when they are cached or precomputed?",
    request=Request(path="/api/categories/summary/"),
    seam="app.catalog.selectors.category_summary",
    baseline=Variant(name="live", selector="app.catalog.selectors.category_summary_live"),
    variants=(
        Variant(name="cached", selector="app.catalog.selectors.category_summary"),
        Variant(name="precomputed", selector="app.catalog.selectors.category_summary_precomputed"),
    ),
    needs=("celery",),
    audit="app.experiments.category_summary.audit",
)
