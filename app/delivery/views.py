"""Deliveries over HTTP. REST framework's views are not async, so this one is Django's."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from app.config.problems import plain_problem
from app.delivery.carriers import CarrierUnavailableError, delivery_quotes


@require_safe
async def delivery_quotes_view(request: HttpRequest) -> JsonResponse:
    """Ask every carrier."""
    if not settings.CARRIERS_URL:
        return plain_problem(HTTPStatus.SERVICE_UNAVAILABLE, detail="There is no carrier to ask.")
    try:
        quotes = await delivery_quotes()
    except CarrierUnavailableError as error:
        detail = f"The carrier {error} does not answer."
        return plain_problem(HTTPStatus.BAD_GATEWAY, detail=detail)
    return JsonResponse({"results": quotes})
