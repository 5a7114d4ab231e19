"""Many rows at once: a round trip for each of them, for all of them, or none but the stream."""

import json
from collections.abc import Iterator
from functools import partial
from statistics import median

from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

PRODUCTS = 50
ROUNDS, USERS = 9, 8


def _line(number: int) -> dict[str, str | int]:
    return {
        "sku": f"S-{number:06}",
        "name": f"Supplied {number}",
        "price": f"{number % 400}.95",
        "stock": number % 500,
    }


def _list_of(numbers: range) -> Request:
    return Request(
        method="POST",
        path="/api/supplier-products/",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"products": [_line(number) for number in numbers]}),
    )


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Import lists one by one and at once, and look at what became of their rows."""
    forwards, backwards = _list_of(range(PRODUCTS)), _list_of(range(PRODUCTS)[::-1])
    answers = [variant.require(forwards) for _ in range(ROUNDS)]
    queries = median(each.timing.queries for each in answers if each.timing)
    slow = variant.variant_name == BULK_IMPORT.baseline.name
    yield Fact(
        name=f"queries for {PRODUCTS} rows",
        value=queries,
        expected="one or more a row: the lesson" if slow else "a few",
        holds=queries >= PRODUCTS if slow else queries < 10,
    )
    yield Fact(
        name="rows imported",
        value=PRODUCTS / median(each.received_at - each.sent_at for each in answers),
        unit="rows/s",
    )
    # Whoever locks rows in the order of the list meets others who come from its other end.
    jobs = [partial(variant.send, each) for _ in range(2 * USERS) for each in (forwards, backwards)]
    failed = sum(each.status != 200 for each in variant.concurrently(jobs, users=USERS))
    yield Fact(
        name=f"imports that failed, of {len(jobs)} at once",
        value=failed,
        expected="0",
        holds=failed == 0,
    )
    stored = _stored(variant)
    differing = sum(_line(number) not in stored for number in range(PRODUCTS))
    yield Fact(name="rows that are not as sent", value=differing, expected="0", holds=not differing)


def _stored(variant: AuditedVariant) -> list[dict[str, str | int]]:
    page = variant.require(Request(path=f"/api/supplier-products/?page_size={PRODUCTS}"))
    stored: list[dict[str, str | int]] = json.loads(page.body)["results"]
    return stored


BULK_IMPORT = Experiment(
    name="bulk-import",
    question="How much faster is a list of fifty products imported at once than row by row?",
    # The same list each time: once it is in, importing it again changes nothing.
    request=_list_of(range(PRODUCTS)),
    seam="app.suppliers.importing.products_import",
    baseline=Variant(
        name="row-by-row", selector="app.suppliers.importing.products_import_row_by_row"
    ),
    variants=(
        Variant(name="bulk-create", selector="app.suppliers.importing.products_import_in_bulk"),
        Variant(name="copy", selector="app.suppliers.importing.products_import"),
    ),
    request_at_double_rows=_list_of(range(2 * PRODUCTS)),
    audit="app.experiments.bulk_import.audit",
)
