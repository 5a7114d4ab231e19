"""Orders over HTTP."""

from http import HTTPStatus

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from app.accounts.models import Customer
from app.config.problems import Conflict, PaymentRequired, problem_example, problem_responses
from app.orders.errors import OrderClosedError, PaymentDeclinedError, UnknownProductError
from app.orders.models import Order
from app.orders.permissions import MayOrder, MayReadOrderHistory
from app.orders.selectors import fulfilment_of, order_history
from app.orders.serializers import (
    CheckoutSerializer,
    FulfilmentSerializer,
    OrderSerializer,
    PlacedOrderSerializer,
)
from app.orders.services import order_place

DECLINED = "The card was declined, so there is no order."
CLOSED = "The order of this reference is being handled and stays as it is."


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


class CheckoutView(APIView):
    """Where a customer orders."""

    permission_classes = [MayOrder]

    @extend_schema(
        operation_id="customers_checkout",
        summary="Place an order",
        description="Orders and pays. What follows, putting stock aside and writing the "
        "confirmation, may be done a little later. An order of the same reference is replaced, so "
        "asking again after a lost answer orders nothing twice. For the customer himself and for "
        "staff.",
        request=CheckoutSerializer,
        responses={
            201: PlacedOrderSerializer,
            **problem_responses(400, 401, 402, 403, 404, 409),
        },
        examples=[
            OpenApiExample(
                "Two products",
                {
                    "reference": "spring",
                    "card": "visa-4242",
                    "items": [
                        {"product_id": 1, "quantity": 2},
                        {"product_id": 2, "quantity": 1},
                    ],
                },
                request_only=True,
            ),
            OpenApiExample(
                "Placed",
                {
                    "number": "C-1-spring",
                    "status": "paid",
                    "items": [
                        {"product_id": 1, "quantity": 2, "unit_price": "19.90"},
                        {"product_id": 2, "quantity": 1, "unit_price": "24.50"},
                    ],
                    "total": "64.30",
                },
                response_only=True,
                status_codes=["201"],
            ),
            problem_example("Declined", status=402, detail=DECLINED),
            problem_example("Handled already", status=409, detail=CLOSED),
        ],
        tags=["orders"],
    )
    def post(self, request: Request, customer_id: int) -> Response:
        """Place the order."""
        customer = get_object_or_404(Customer, pk=customer_id)
        given = CheckoutSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        order = given.validated_data
        try:
            placed = order_place(
                customer=customer,
                reference=order["reference"],
                quantities=order["items"],
                card=order["card"],
            )
        except UnknownProductError as error:
            raise ValidationError({"items": [f"{error}."]}) from error
        except PaymentDeclinedError as error:
            raise PaymentRequired(DECLINED) from error
        except OrderClosedError as error:
            raise Conflict(CLOSED) from error
        return Response(PlacedOrderSerializer(placed).data, status=HTTPStatus.CREATED)


class FulfilmentView(APIView):
    """Where one sees how far an order has come."""

    permission_classes = [MayReadOrderHistory]

    @extend_schema(
        operation_id="customers_order_fulfilment",
        summary="Show what followed an order",
        description="Whether stock was put aside and the confirmation written, and when. There is "
        "nothing yet while that is still to be done. For the customer himself and for staff.",
        responses={200: FulfilmentSerializer, **problem_responses(401, 403, 404)},
        tags=["orders"],
    )
    def get(self, request: Request, customer_id: int, reference: str) -> Response:
        """Show it."""
        fulfilment = fulfilment_of(customer_id=customer_id, reference=reference)
        if fulfilment is None:
            raise Http404
        return Response(FulfilmentSerializer(fulfilment).data)
