"""Whether the process serves requests at all; unlike its health, this asks nobody else."""

from django.http import HttpRequest, JsonResponse

from headtohead.django import seam


@seam
def liveness() -> dict[str, str]:
    """What there is to say."""
    return {"status": "alive"}


def liveness_view(request: HttpRequest) -> JsonResponse:
    """Answer with as little work as a view can."""
    return JsonResponse(liveness())
