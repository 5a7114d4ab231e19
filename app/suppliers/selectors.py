"""What is read about suppliers."""

from django.db.models import QuerySet

from app.suppliers.models import SupplierProduct


def supplier_product_list() -> QuerySet[SupplierProduct]:
    """What suppliers have on offer, by SKU."""
    return SupplierProduct.objects.order_by("sku")
