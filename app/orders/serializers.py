"""The shapes of orders on the wire."""

from rest_framework import serializers

from app.catalog.models import Product
from app.catalog.serializers import BrandSerializer
from app.orders.models import Order, OrderItem


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


class OrderSerializer(serializers.ModelSerializer):
    """An order with all of its items."""

    items = OrderItemSerializer(many=True)

    class Meta:
        model = Order
        fields = ["id", "number", "status", "placed_at", "items"]
