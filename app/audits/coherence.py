"""Whether a product's page is ever older than a write acknowledged before it was asked for.

Some clients read the page of one product without a pause while another one writes to it now and
then, several times in a row, so that writes overtake readers who have yet to store what they read.
At the end, when nobody writes, pages are compared with the database.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from app.audits.staleness import Read, Write, stale_reads
from headtohead.audit import Answer, AuditedVariant, Fact
from headtohead.experiment import Request

READERS = 7
READS = 1_400
READS_PER_BURST = 100
WRITES_PER_BURST = 5
# Longer than any read takes: a writer that waits longer waits for readers that have failed.
PATIENCE = 60.0  # seconds


def facts(
    variant: AuditedVariant,
    *,
    coherent: bool,
    reads: int | None = None,
    path: str = "/api/products/{}/",
) -> Iterator[Fact]:
    """State what readers saw while a writer wrote.

    Args:
        variant: What serves the page, and whoever writes.
        coherent: Whether no read may be stale; otherwise some must be, or the audit is blind.
        reads: How many pages are read, about; `READS` when none is given.
        path: Where the page of a product is.
    """
    # A product that the pages of others show, too.
    product = _page(variant, path, 1)["related_products"][0]["id"]
    read, written, statuses = _traffic(variant, path=path, product=product, reads=reads or READS)
    stale = stale_reads(writes=written, reads=read)
    yield Fact(name="reads", value=len(read))
    yield Fact(name="writes", value=len(written))
    yield Fact(
        name="stale reads",
        value=len(stale),
        expected="0" if coherent else "more than 0: the lesson",
        holds=(not stale) if coherent else bool(stale),
    )
    yield Fact(
        name="oldest stale read", value=max((each.age for each in stale), default=0), unit="s"
    )
    yield Fact(name="lookups that hit", value=100 * _hit_ratio(statuses), unit="%")
    outdated = _outdated(variant, path=path, around=product)
    yield Fact(
        name="outdated pages at the end",
        value=outdated,
        expected="0" if coherent else "",
        holds=outdated == 0 or not coherent,
    )


def _traffic(
    variant: AuditedVariant, *, path: str, product: int, reads: int
) -> tuple[list[Read], list[Write], list[str]]:
    """What was read and written, and what became of the readers' cache lookups."""
    request = Request(path=path.format(product))
    per_reader = reads // READERS
    # Readers give leave to write, so that bursts of writes are spread evenly over the reads.
    leave = threading.Semaphore(0)
    read: list[Read] = []
    written: list[Write] = []
    statuses: list[str] = []

    def read_on() -> None:
        for number in range(1, per_reader + 1):
            answer = variant.require(request)
            read.append(Read(version=_version(answer), sent_at=answer.sent_at))
            statuses.append(answer.headers.get("Cache-Status", ""))
            if number % READS_PER_BURST == 0:
                leave.release()

    def write_on() -> None:
        for number in range(READERS * (per_reader // READS_PER_BURST) * WRITES_PER_BURST):
            if number % WRITES_PER_BURST == 0 and not leave.acquire(timeout=PATIENCE):
                return
            answer = variant.require(change(product, price=f"{10 + number / 100:.2f}"))
            written.append(Write(version=_version(answer), acknowledged_at=answer.received_at))

    variant.concurrently([write_on, *[read_on] * READERS], users=READERS + 1)
    return read, written, statuses


def change(product: int, *, price: str) -> Request:
    """Gives a product another price, and so another version."""
    return Request(
        method="PATCH",
        path=f"/api/products/{product}/",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"price": price}),
    )


def _version(answer: Answer) -> int:
    version = answer.headers.get("Product-Version")
    return int(version) if version else int(json.loads(answer.body)["version"])


def _hit_ratio(statuses: list[str]) -> float:
    lookups = [lookup for status in statuses for lookup in status.split(", ") if lookup]
    return sum(lookup.endswith("; hit") for lookup in lookups) / len(lookups) if lookups else 0.0


def _outdated(variant: AuditedVariant, *, path: str, around: int) -> int:
    """How many pages, of the product and of those it is shown with, differ from the database."""
    page = _page(variant, path, around)
    products = [around, *(each["id"] for each in page["related_products"])]
    rows = {product: _row(variant, product) for product in products}
    return sum(
        not _agrees(_page(variant, path, product), rows[product], rows) for product in products
    )


def _agrees(page: Mapping[str, Any], row: Mapping[str, Any], rows: Mapping[int, Any]) -> bool:
    related = (each for each in page["related_products"] if each["id"] in rows)
    return (page["version"], page["price"]) == (row["version"], row["price"]) and all(
        each["price"] == rows[each["id"]]["price"] for each in related
    )


def _page(variant: AuditedVariant, path: str, product: int) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(variant.require(Request(path=path.format(product))).body)
    return page


def _row(variant: AuditedVariant, product: int) -> dict[str, Any]:
    """The product as GraphQL tells it, which caches nothing."""
    body = json.dumps({"query": f"{{ product(id: {product}) {{ version price }} }}"})
    request = Request(
        method="POST", path="/graphql/", headers={"Content-Type": "application/json"}, body=body
    )
    row: dict[str, Any] = json.loads(variant.require(request).body)["data"]["product"]
    return row
