"""Who may see what Silk has recorded, and what it may record."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

# What hides the values of headers, parameters and fields whose names have it.
SENSITIVE = {
    *("access", "refresh", "token", "headtohead-token", "authorization", "proxy-authorization"),
    *("cookie", "password", "secret", "key", "signature", "api", "username", "x-csrftoken"),
}
_SENSITIVE_NAME = re.compile("access|refresh|token|password|secret|key", re.IGNORECASE)


def records(request: HttpRequest) -> bool:
    """Whether Silk may keep a request: not one that has a body, or is about signing in.

    Silk hides what it knows by name in what it can parse, and keeps everything else as it came.
    """
    return (
        request.META.get("CONTENT_LENGTH") in {None, "", "0"}
        and not request.path_info.startswith("/api/auth/")
        and not _SENSITIVE_NAME.search(request.META.get("QUERY_STRING", ""))
    )


def for_staff(patterns: list[URLPattern]) -> list[URLPattern]:
    """Silk's pages, for staff with an access token or a session."""
    return [path(str(each.pattern), _guarded(each.callback), name=each.name) for each in patterns]


def _guarded(view: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    # Imported late: settings name what is above.
    from rest_framework.exceptions import APIException  # noqa: PLC0415
    from rest_framework.request import Request  # noqa: PLC0415

    from app.accounts.authentication import TokenAuthentication  # noqa: PLC0415
    from app.config.headers import CONTENT_SECURITY_POLICY, PAGE  # noqa: PLC0415
    from app.config.problems import plain_problem  # noqa: PLC0415

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
