"""What is written about suppliers."""

from collections.abc import Sequence

from django.db import transaction

from app.suppliers.importing import products_import
from app.suppliers.types import SupplierRow


@transaction.atomic
def supplier_list_import(*, products: Sequence[SupplierRow]) -> None:
    """Make what suppliers have on offer agree with a list; what it does not name stays as it is.

    Args:
        products: No SKU twice.
    """
    # Rows are locked as they are written, and two lists in different orders would wait for each
    # other's.
    products_import(products=sorted(products, key=lambda row: row["sku"]))
