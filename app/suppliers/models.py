"""What suppliers have on offer, as their own lists say."""

from django.core.validators import MinValueValidator
from django.db import models

from app.config.counting import counted


class SupplierProduct(counted("supplier_product"), models.Model):
    """A product that can be ordered from a supplier; lists name it by its SKU."""

    sku = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    stock = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku"], name="supplier_product_sku_unique"),
            models.CheckConstraint(
                condition=models.Q(price__gte=0), name="supplier_product_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name
