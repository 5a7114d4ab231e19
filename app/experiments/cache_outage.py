"""What it costs that a cached page survives a cache that did not hear of a write.

As where Valkey is cut off whenever something is written, and there whenever it is read. `trusting`
serves what the cache still has. `epochs` has the database tell that it counts no more: readers rely
on an answer for half a second, and such a write waits as long. `asking` asks with each lookup.
`hearing` is what users are served with: as `epochs`, and its cache hears of every write.
"""

from collections.abc import Iterator

from app.audits import coherence
from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Server, Variant

READS = 700  # such writes take long


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Read while others write; the baseline has to be caught, or the audit proves nothing."""
    # The first may meet a server that has done nothing yet.
    writes = [variant.require(coherence.change(1, price=f"1{each}.00")) for each in range(3)]
    quickest = min(each.received_at - each.sent_at for each in writes)
    yield Fact(name="quickest of three writes", value=1000 * quickest, unit="ms")
    coherent = variant.variant_name != CACHE_OUTAGE.baseline.name
    yield from coherence.facts(variant, coherent=coherent, reads=READS)


SEAM = "app.caching.epochs.epochs"
DEAF = Server(environment={"CACHE_OUTAGE": "writes"})

CACHE_OUTAGE = Experiment(
    name="cache-outage",
    question="How much slower is a cached page that survives what its cache did not hear of?",
    request=Request(path="/api/products/1/"),
    seam=SEAM,
    baseline=Variant(name="trusting", selector="app.caching.epochs.epochs_none", server=DEAF),
    variants=(
        Variant(name="epochs", selector=SEAM, server=DEAF),
        Variant(name="hearing", selector=SEAM, server=Server()),
        Variant(name="asking", selector="app.caching.epochs.epochs_asked_for", server=DEAF),
    ),
    audit="app.experiments.cache_outage.audit",
)
