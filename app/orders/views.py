"""Orders over HTTP."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView

from app.accounts.models import Customer
from app.config.problems import problem_responses
from app.orders.models import Order
from app.orders.permissions import MayReadOrderHistory
from app.orders.selectors import order_history
from app.orders.serializers import OrderSerializer


@extend_schema(
    summary="Show a customer's order history",
    description="Newest first, each order with its items, their products and brands. For the "
    "customer himself and for staff.",
    responses={200: OrderSerializer(many=True), **problem_responses(401, 403, 404)},
    tags=["orders"],
)
class OrderHistoryView(ListAPIView):
    """What a customer has bought."""

    permission_classes = [MayReadOrderHistory]
    serializer_class = OrderSerializer
    queryset = Order.objects.none()

    def get_queryset(self) -> QuerySet[Order]:
        """Leave the reading to the selector."""
        customer = get_object_or_404(Customer, pk=self.kwargs["customer_id"])
        return order_history(customer=customer)
