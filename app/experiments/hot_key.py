"""A list that everybody asks for and that expires every other second: who reads it again then."""

from collections.abc import Iterator

from app.audits import recomputation
from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

SECONDS = 2.0  # after which the list expires


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Have fifty clients ask for it without a pause, and count who reads it again."""
    most = {"unprotected": None, "early": float(recomputation.CLIENTS), "single-flight": 1.0}
    return recomputation.facts(
        variant,
        seconds=SECONDS,
        most=most[variant.variant_name],
        waits=variant.variant_name != "early",
    )


HOT_KEY = Experiment(
    name="hot-key",
    question="How much slower is a cached list that is protected from a stampede?",
    request=Request(path="/api/products/popular/"),
    seam="app.catalog.selectors.product_popular_list",
    baseline=Variant(
        name="unprotected", selector="app.catalog.selectors.product_popular_list_unprotected"
    ),
    variants=(
        Variant(name="early", selector="app.catalog.selectors.product_popular_list_early"),
        Variant(name="single-flight", selector="app.catalog.selectors.product_popular_list"),
    ),
    audit="app.experiments.hot_key.audit",
)
