"""The shapes of orders on the wire."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from app.catalog import examples
from app.catalog.models import Product
from app.catalog.serializers import BrandSerializer
from app.orders.models import Order, OrderItem

_ORDERED = {key: examples.PRODUCT[key] for key in ("id", "sku", "slug", "name", "brand")}


class OrderedProductSerializer(serializers.ModelSerializer):
    """A product in an order."""

    brand = BrandSerializer()

    class Meta:
        model = Product
        fields = ["id", "sku", "slug", "name", "brand"]


class OrderItemSerializer(serializers.ModelSerializer):
    """A product, how many of it, and its price when it was ordered."""

    product = OrderedProductSerializer()

    class Meta:
        model = OrderItem
        fields = ["id", "product", "quantity", "unit_price"]


@extend_schema_serializer(
    examples=[
        examples.answer(
            "An order",
            {
                "id": 12,
                "number": "O-0000000012",
                "status": "shipped",
                "placed_at": "2025-11-20T16:45:00Z",
                "items": [
                    {"id": 30, "product": _ORDERED, "quantity": 2, "unit_price": "19.90"},
                ],
            },
        )
    ]
)
class OrderSerializer(serializers.ModelSerializer):
    """An order with all of its items."""

    items = OrderItemSerializer(many=True)

    class Meta:
        model = Order
        fields = ["id", "number", "status", "placed_at", "items"]
