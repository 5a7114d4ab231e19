"""A number that many change at once: what is read in Python may be outdated when it is written."""

import json
from collections.abc import Iterator
from functools import partial

from headtohead.audit import AuditedVariant, Fact
from headtohead.experiment import Experiment, Request, Variant

# Not the first product, whose page others ask for.
PRODUCT = 2
SALES, BUYERS = 400, 8


def _change(by: int) -> Request:
    return Request(
        method="POST",
        path=f"/api/products/{PRODUCT}/stock/",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"by": by}),
    )


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Sell one piece at a time to several buyers, and count the sales that the stock forgot."""
    variant.require(_change(SALES))
    before = _stock(variant)
    sell = partial(variant.require, _change(-1))
    variant.concurrently([sell] * SALES, users=BUYERS)
    lost = SALES - (before - _stock(variant))
    lesson = variant.variant_name == STOCK_UPDATE.baseline.name
    yield Fact(
        name=f"lost updates of {SALES}",
        value=lost,
        expected="more than 0: the lesson" if lesson else "0",
        holds=lost > 0 if lesson else lost == 0,
    )


def _stock(variant: AuditedVariant) -> int:
    products = json.loads(variant.require(Request(path=f"/api/products/?page_size={PRODUCT}")).body)
    (stock,) = (each["stock"] for each in products["results"] if each["id"] == PRODUCT)
    return int(stock)


STOCK_UPDATE = Experiment(
    name="stock-update",
    question="How much faster is a change of the stock that the database works out by itself?",
    # Nothing is added, so that the stock stays what it is; the row is written all the same.
    request=_change(0),
    seam="app.catalog.stock.stock_add",
    baseline=Variant(
        name="read-modify-write", selector="app.catalog.stock.stock_add_to_what_was_read"
    ),
    variants=(
        Variant(name="f-expression", selector="app.catalog.stock.stock_add"),
        Variant(name="row-lock", selector="app.catalog.stock.stock_add_under_lock"),
    ),
    audit="app.experiments.stock_update.audit",
)
