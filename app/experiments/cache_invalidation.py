"""What it costs that no cached page outlives the write that changed it."""

from collections.abc import Iterator

from app.audits import coherence
from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Read while others write; the baseline has to be caught, or the audit proves nothing."""
    return coherence.facts(variant, coherent=variant.variant_name == "after-commit")


CACHE_INVALIDATION = Experiment(
    name="cache-invalidation",
    question="How much slower is a cached page that no reader or writer can leave outdated?",
    request=Request(path="/api/products/1/"),
    seam="app.caching.invalidation.coherence",
    baseline=Variant(
        name="before-commit", selector="app.caching.invalidation.coherence_before_commit"
    ),
    variants=(Variant(name="after-commit", selector="app.caching.invalidation.coherence"),),
    audit="app.experiments.cache_invalidation.audit",
)
