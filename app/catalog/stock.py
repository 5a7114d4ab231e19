"""Adding to what is in stock, or taking from it, while others do the same."""

from django.db.models import F
from django.utils import timezone

from app.catalog.errors import InsufficientStockError
from app.catalog.models import Product
from headtohead.django import seam


@seam
def stock_add(*, product_id: int, by: int) -> None:
    """Have the database add, in one statement: whoever comes second adds to what the first left.

    Args:
        product_id: The product.
        by: How many to add; negative to take away.

    Raises:
        Product.DoesNotExist: No product has this id.
        InsufficientStockError: There are not that many to take away.
    """
    changed = Product.objects.filter(pk=product_id, stock__gte=-by).update(
        stock=F("stock") + by, version=F("version") + 1, updated_at=timezone.now()
    )
    if not changed:
        if Product.objects.filter(pk=product_id).exists():
            raise InsufficientStockError
        raise Product.DoesNotExist


def stock_add_under_lock(*, product_id: int, by: int) -> None:
    """Read, add and write within a transaction; the row's lock makes others wait before they read.

    Raises:
        Product.DoesNotExist: No product has this id.
        InsufficientStockError: There are not that many to take away.
    """
    _add(Product.objects.select_for_update().get(pk=product_id), by=by)


def stock_add_to_what_was_read(*, product_id: int, by: int) -> None:
    """Read, add and write: whatever others have written in between is overwritten.

    Raises:
        Product.DoesNotExist: No product has this id.
        InsufficientStockError: There are not that many to take away.
    """
    _add(Product.objects.get(pk=product_id), by=by)


def _add(product: Product, *, by: int) -> None:
    if product.stock + by < 0:
        raise InsufficientStockError
    product.stock += by
    product.version += 1
    product.updated_at = timezone.now()
    product.save(update_fields=["stock", "version", "updated_at"])
