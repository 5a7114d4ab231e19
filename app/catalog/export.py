"""The whole catalogue in one answer."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.utils.encoders import JSONEncoder

from app.catalog.models import Product
from headtohead.django import seam

CONTENT_TYPE = "application/json"
# Rows that are fetched, and sent, at once: few enough to be little memory, and enough that asking
# for more of them is little work.
ROWS_AT_ONCE = 200


@seam
def export_response() -> HttpResponseBase:
    """All products, sent while they are read, through a cursor on the database's side.

    The first rows are read before the response begins, so that a database that fails is still
    answered with an error.
    """
    parts = _array(_products().iterator(chunk_size=ROWS_AT_ONCE))
    return StreamingHttpResponse(chain([next(parts)], parts), content_type=CONTENT_TYPE)


def export_response_buffered() -> HttpResponseBase:
    """All products, sent once all are read and written out."""
    return HttpResponse(b"".join(_array(list(_products()))), content_type=CONTENT_TYPE)


def _products() -> "QuerySet[Product, dict[str, Any]]":
    return Product.objects.order_by("id").values(
        *("id", "sku", "slug", "name", "description", "price", "stock", "version"),
        *("created_at", "updated_at"),
        brand_name=F("brand__name"),
        category_name=F("category__name"),
    )


def _array(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A JSON array of the rows, a line each, in parts of many rows."""
    remaining = iter(rows)
    before = "[\n"
    while lines := [_line(row) for row in islice(remaining, ROWS_AT_ONCE)]:
        yield (before + ",\n".join(lines)).encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


def _line(row: dict[str, Any]) -> str:
    told = row | {"price": str(row["price"])}
    return json.dumps(told, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))
