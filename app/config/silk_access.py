"""Who may see what Silk has recorded."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from app.accounts.authentication import TokenAuthentication
from app.config.headers import CONTENT_SECURITY_POLICY, PAGE
from app.config.problems import plain_problem


def for_staff(patterns: list[URLPattern]) -> list[URLPattern]:
    """Silk's pages, for staff with an access token or a session."""
    return [path(str(each.pattern), _guarded(each.callback), name=each.name) for each in patterns]


def _guarded(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        try:
            found = TokenAuthentication().authenticate(Request(request))
        except APIException:
            found = None
        if found:
            request.user = found[0]
        if not request.user.is_authenticated:
            return plain_problem(HTTPStatus.UNAUTHORIZED, detail="Sign in as staff.")
        if not request.user.is_staff:
            return plain_problem(HTTPStatus.FORBIDDEN, detail="Only staff may see this.")
        response = view(request, *arguments, **named)
        # Its pages have scripts of their own in them.
        response[CONTENT_SECURITY_POLICY] = PAGE.replace(
            "script-src 'self'", "script-src 'self' 'unsafe-inline'"
        )
        return response

    return guarded
