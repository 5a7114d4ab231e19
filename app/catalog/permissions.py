"""Who may write to the catalogue."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class IsCustomerOrReadOnly(BasePermission):
    """Everybody reads; whoever is a customer writes."""

    message = "Only customers may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on."""
        return request.method in SAFE_METHODS or hasattr(request.user, "customer")
