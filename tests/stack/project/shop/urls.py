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
        *("H2H_SERVE_EXPERIMENTS", "H2H_TOKEN", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"),
        *("BROKER_URL", "MEMCACHED_URL"),
    )
    return JsonResponse({name: os.environ[name] for name in names})


def hand_over(request: HttpRequest, key: str) -> JsonResponse:
    from shop.work import mark  # noqa: PLC0415 (there may be no broker)

    mark.delay(key)
    return JsonResponse({"handed over": key})


def marked(request: HttpRequest, key: str) -> JsonResponse:
    return JsonResponse({key: cache.get(key)})


def environment(request: HttpRequest) -> JsonResponse:
    return JsonResponse({name: os.environ.get(name) for name in request.GET.getlist("name")})


def interface(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"request": type(request).__name__})


urlpatterns = [
    path("health/", health),
    path("about/", about),
    path("hand-over/<slug:key>/", hand_over),
    path("marked/<slug:key>/", marked),
    path("environment/", environment),
    path("interface/", interface),
]
