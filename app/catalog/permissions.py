"""Who may write to the catalogue."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from headtohead.django import is_authorised


class IsCustomerOrReadOnly(BasePermission):
    """Everybody reads; whoever is a customer writes."""

    message = "Only customers may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on."""
        return request.method in SAFE_METHODS or hasattr(request.user, "customer")


class IsMeasured(BasePermission):
    """Whoever holds the token to measure this server."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on."""
        return is_authorised(request)


class MayChangeProducts(BasePermission):
    """Staff who hold the permission to change products."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on."""
        return bool(request.user.has_perm("catalog.change_product"))
