import os

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.urls import path

from shop.models import Item


def health(request: HttpRequest) -> JsonResponse:
    cache.set("health", "ok")
    return JsonResponse({"status": cache.get("health"), "items": Item.objects.count()})


def about(request: HttpRequest) -> JsonResponse:
    names = (
        *("H2H_EXPERIMENTS", "H2H_TOKEN", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"),
        "DEMO_PASSWORD",
    )
    return JsonResponse({name: os.environ.get(name) for name in names})


urlpatterns = [path("health/", health), path("about/", about)]
