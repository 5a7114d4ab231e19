"""What Prometheus scrapes; it tells a lot of who asks for what, so not everybody may see it."""

import secrets
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from app.config.problems import plain_problem
from headtohead.django import is_authorised
from headtohead.django.prometheus.collecting import page


@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    """The metrics of all workers, for who holds the token to watch or to measure this server."""
    if is_authorised(request) or _may_watch(request.META.get("HTTP_AUTHORIZATION", "")):
        return HttpResponse(page(), content_type=CONTENT_TYPE_LATEST)
    refused = plain_problem(
        HTTPStatus.UNAUTHORIZED, detail="Metrics need a token, as Authorization: Bearer."
    )
    refused["WWW-Authenticate"] = "Bearer"
    return refused


def _may_watch(authorization: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    tokens = (settings.METRICS_TOKEN, settings.HEADTOHEAD["TOKEN"])
    return scheme.lower() == "bearer" and any(
        # Bytes, because compare_digest refuses text beyond ASCII.
        token and secrets.compare_digest(given.encode(), token.encode())
        for token in tokens
    )
