"""A long answer that is made whole before it is sent, or sent while it is made."""

from collections.abc import Iterator
from statistics import median

from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

EXPORT = Request(path="/api/products/export/")
ROUNDS = 9
# Of a shop of the default size or larger: what is buffered takes twice as much at least, what is
# streamed takes about half, which is a step of the allocator and what first requests need anyway.
STREAMED_TAKES = 2_000_000


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Watch the memory of the worker, and when the first byte comes."""
    _warm_up(variant)
    # The first request in each process shows what one takes; later ones use the same memory again.
    grown = max(variant.peak_growth(EXPORT) for _ in range(ROUNDS))
    answers = [variant.require(EXPORT) for _ in range(ROUNDS)]
    share = median(
        (each.first_byte_at - each.sent_at) / (each.received_at - each.sent_at) for each in answers
    )
    buffered = variant.variant_name == CATALOG_EXPORT.baseline.name
    yield Fact(
        name="peak memory a worker took",
        value=grown,
        unit="B",
        expected="more than 2 MB: the lesson" if buffered else "less than 2 MB",
        holds=(grown > STREAMED_TAKES) is buffered,
    )
    yield Fact(name="body", value=len(answers[0].body), unit="B")
    yield Fact(
        name="first byte, of the whole time",
        value=share * 100,
        unit="%",
        expected="more than half: the lesson" if buffered else "less than half",
        holds=(share > 0.5) is buffered,
    )
    yield Fact(
        name="time to first byte",
        value=1000 * median(each.first_byte_at - each.sent_at for each in answers),
        unit="ms",
    )


def _warm_up(variant: AuditedVariant) -> None:
    """Let every process do once what the first request takes anyway, such as imports."""
    short = Request(path="/api/products/?page_size=1")
    variant.concurrently([lambda: variant.require(short)] * 64, users=16)


CATALOG_EXPORT = Experiment(
    name="catalog-export",
    question="How much faster is an export of all products that is sent while it is read?",
    request=EXPORT,
    seam="app.catalog.export.export_response",
    baseline=Variant(name="buffered", selector="app.catalog.export.export_response_buffered"),
    variants=(Variant(name="streamed", selector="app.catalog.export.export_response"),),
    audit="app.experiments.catalog_export.audit",
)
