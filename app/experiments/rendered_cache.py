"""A page that is rendered from cached objects, or kept as the bytes that were sent last.

`bare` is a bound: a view that does nothing but answer bytes from its memory. How near the rendered
bytes come to it is the ratio of the two variants' requests per second in throughput mode.
"""

from collections.abc import Iterator

from app.audits import coherence
from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

PATH = "/api/products/{}/page/"


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Read while others write, and ask for a page again that has not changed."""
    yield from coherence.facts(variant, coherent=variant.variant_name != "bare", path=PATH)
    if variant.variant_name == "rendered-bytes":
        request = Request(path=PATH.format(1))
        kept = variant.require(request)
        again = variant.send(
            Request(path=request.path, headers={"If-None-Match": kept.headers["ETag"]})
        )
        yield Fact(name="body of an unchanged page", value=len(kept.body), unit="B")
        yield Fact(
            name="body when its client has kept it",
            value=len(again.body),
            unit="B",
            expected="0, status 304",
            holds=(again.status, again.body) == (304, b""),
        )


RENDERED_CACHE = Experiment(
    name="rendered-cache",
    question="How much faster is a page whose rendered bytes are cached, and not what they show?",
    request=Request(path=PATH.format(1)),
    seam="app.catalog.pages.product_page",
    baseline=Variant(name="cached-objects", selector="app.catalog.pages.product_page_from_objects"),
    variants=(
        Variant(name="rendered-bytes", selector="app.catalog.pages.product_page"),
        Variant(name="bare", selector="app.catalog.pages.product_page_bare"),
    ),
    audit="app.experiments.rendered_cache.audit",
)
