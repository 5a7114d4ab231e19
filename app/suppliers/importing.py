"""Writing many rows that may be there already: those that are get what the list says of them."""

import csv
import io
from collections.abc import Sequence

from django.db import connection

from app.suppliers.models import SupplierProduct
from app.suppliers.types import SupplierRow
from headtohead.django import seam

COLUMNS = ("sku", "name", "price", "stock")

# It stays as long as the connection does: making one for each import would have the database's own
# catalogue grow.
_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS incoming_supplier_product (
    sku varchar(32), name varchar(200), price numeric(10, 2), stock integer
) ON COMMIT DELETE ROWS
"""
_COPY = "COPY incoming_supplier_product (sku, name, price, stock) FROM STDIN (FORMAT csv)"
_UPSERT = """
INSERT INTO suppliers_supplierproduct (sku, name, price, stock)
SELECT sku, name, price, stock FROM incoming_supplier_product ORDER BY sku
ON CONFLICT (sku) DO UPDATE
SET name = EXCLUDED.name, price = EXCLUDED.price, stock = EXCLUDED.stock
"""


@seam
def products_import(*, products: Sequence[SupplierRow]) -> None:
    """Stream the rows into a table of the connection's own (COPY), then write all in one statement.

    COPY itself is not among the queries that the server tells: Django does not execute it.

    Args:
        products: No SKU twice; within a transaction.
    """
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS).writerows(products)
    text.seek(0)
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        with connection.wrap_database_errors:
            cursor.copy_expert(_COPY, text)
        cursor.execute(_UPSERT)


def products_import_in_bulk(*, products: Sequence[SupplierRow]) -> None:
    """Write all rows in one statement that carries every value."""
    SupplierProduct.objects.bulk_create(
        [SupplierProduct(**row) for row in products],
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=["name", "price", "stock"],
    )


def products_import_row_by_row(*, products: Sequence[SupplierRow]) -> None:
    """Look for each row, then change or make it: four statements for one that is there."""
    for row in products:
        SupplierProduct.objects.update_or_create(
            sku=row["sku"],
            defaults={"name": row["name"], "price": row["price"], "stock": row["stock"]},
        )
