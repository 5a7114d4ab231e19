"""Who may read what a customer has bought."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from app.accounts.models import User
from headtohead.django import is_authorised


class MayReadOrderHistory(BasePermission):
    """The customer himself, staff, and whoever holds the token to measure this server.

    The answer is the same whether or not the customer exists, so it tells nobody who does.
    """

    message = "An order history is for its customer and for staff."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on."""
        return (
            is_authorised(request)
            or request.user.is_staff
            or _is_customer(request.user, view.kwargs["customer_id"])
        )


class MayOrder(MayReadOrderHistory):
    """The customer himself, staff on his behalf, and whoever holds the token to measure."""

    message = "Orders are placed by their customer and by staff."


def _is_customer(user: User | AnonymousUser, customer_id: int) -> bool:
    customer = getattr(user, "customer", None)
    return customer is not None and customer.pk == customer_id
