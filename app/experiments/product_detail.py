"""A page made of several queries, kept in the cache until something on it changes."""

from collections.abc import Iterator

from app.audits import coherence
from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

# How often what is cached is read.
READS = 10_500


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Read while others write: ten thousand times what is cached, for that is what is in doubt."""
    reads = READS if variant.variant_name == "cached" else coherence.READS
    return coherence.facts(variant, reads=reads, coherent=True)


PRODUCT_DETAIL = Experiment(
    name="product-detail",
    question="How much faster is a product's page when what it shows is cached?",
    request=Request(path="/api/products/1/"),
    seam="app.catalog.selectors.product_detail",
    baseline=Variant(name="uncached", selector="app.catalog.selectors.product_detail_uncached"),
    variants=(Variant(name="cached", selector="app.catalog.selectors.product_detail"),),
    audit="app.experiments.product_detail.audit",
)
