"""Suppliers' lists on the wire."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

LONGEST_LIST = 1000
LINE = {"sku": "S-0001", "name": "Slim Oak Lamp", "price": "19.90", "stock": 12}


@extend_schema_serializer(examples=[OpenApiExample("A line", LINE, response_only=True)])
class SupplierProductSerializer(serializers.Serializer):
    """A line of a supplier's list."""

    sku = serializers.CharField(max_length=32)
    name = serializers.CharField(max_length=200)
    price = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=0)
    stock = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class SupplierListSerializer(serializers.Serializer):
    """A supplier's list."""

    products = SupplierProductSerializer(
        many=True,
        allow_empty=False,
        max_length=LONGEST_LIST,
        help_text=f"No SKU twice; at most {LONGEST_LIST} lines.",
    )

    def validate_products(self, products: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a list that says two things of one product."""
        counts = Counter(row["sku"] for row in products)
        twice = sorted(sku for sku, times in counts.items() if times > 1)
        if twice:
            raise serializers.ValidationError(f"Named more than once: {', '.join(twice)}.")
        return products


class SupplierImportSerializer(serializers.Serializer):
    """What became of a list."""

    imported = serializers.IntegerField(help_text="How many products it named.")
