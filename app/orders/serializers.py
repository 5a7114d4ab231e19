"""The shapes of orders on the wire."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from app.catalog import examples
from app.catalog.models import Product
from app.catalog.serializers import BrandSerializer
from app.orders.models import Fulfilment, Order, OrderItem

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


class CheckoutItemSerializer(serializers.Serializer):
    """How many of a product are ordered."""

    product_id = serializers.IntegerField(min_value=1)
    quantity = serializers.IntegerField(min_value=1, max_value=100)


class CheckoutSerializer(serializers.Serializer):
    """An order as its customer places it."""

    reference = serializers.RegexField(
        r"^[a-z0-9]{1,8}$",
        help_text="The customer's own name for the order. Placing an order again that is not sent "
        "yet replaces it.",
    )
    card = serializers.CharField(
        max_length=40, help_text="The provider's token of the card to charge."
    )
    items = CheckoutItemSerializer(many=True, allow_empty=False, max_length=50)

    def validate_items(self, items: list[dict[str, int]]) -> dict[int, int]:
        """The quantities by product; each product is ordered once."""
        quantities = {item["product_id"]: item["quantity"] for item in items}
        if len(quantities) < len(items):
            raise serializers.ValidationError("Name each product once.")
        return quantities


class PlacedItemSerializer(serializers.ModelSerializer):
    """An item of a placed order at its price."""

    product_id = serializers.IntegerField()

    class Meta:
        model = OrderItem
        fields = ["product_id", "quantity", "unit_price"]


class PlacedOrderSerializer(serializers.Serializer):
    """A placed order."""

    number = serializers.CharField(source="order.number")
    status = serializers.ChoiceField(choices=Order.Status.choices, source="order.status")
    items = PlacedItemSerializer(many=True)
    total = serializers.DecimalField(max_digits=12, decimal_places=2)


@extend_schema_serializer(
    examples=[
        examples.answer(
            "Done",
            {
                "order_number": "C-1-spring",
                "outcome": "done",
                "requested_at": "2025-11-24T09:30:00Z",
                "started_at": "2025-11-24T09:30:01Z",
                "finished_at": "2025-11-24T09:30:02Z",
            },
        )
    ]
)
class FulfilmentSerializer(serializers.ModelSerializer):
    """What became of the work that follows an order."""

    class Meta:
        model = Fulfilment
        fields = ["order_number", "outcome", "requested_at", "started_at", "finished_at"]
