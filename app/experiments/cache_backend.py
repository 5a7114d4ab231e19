"""The same page from the same code, kept in one of Django's cache backends or in none."""

from collections.abc import Iterator

from app.audits import coherence
from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Read while others write: only what each process keeps for itself may be outdated."""
    return coherence.facts(variant, coherent=variant.variant_name != "local-memory")


CACHE_BACKEND = Experiment(
    name="cache-backend",
    question="How much faster is a product's page with each of Django's cache backends?",
    request=Request(path="/api/products/1/"),
    seam="app.caching.stores.store",
    baseline=Variant(name="no-cache", selector="app.caching.stores.store_nothing"),
    variants=(
        Variant(name="local-memory", selector="app.caching.stores.store_local_memory"),
        Variant(name="database", selector="app.caching.stores.store_database"),
        Variant(name="memcached", selector="app.caching.stores.store_memcached"),
        Variant(name="valkey", selector="app.caching.stores.store"),
    ),
    needs=("memcached",),
    audit="app.experiments.cache_backend.audit",
)
