import os

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse
from django.urls import path

from shop.models import Item


def health(request: HttpRequest) -> JsonResponse:
    cache.set("health", "ok")
    return JsonResponse({"status": cache.get("health"), "items": Item.objects.count()})


def about(request: HttpRequest) -> JsonResponse:
    names = ("H2H_EXPERIMENTS", "H2H_TOKEN", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR")
    return JsonResponse({name: os.environ[name] for name in names})


def environment(request: HttpRequest) -> JsonResponse:
    return JsonResponse({name: os.environ.get(name) for name in request.GET.getlist("name")})


def interface(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"request": type(request).__name__})


urlpatterns = [
    path("health/", health),
    path("about/", about),
    path("environment/", environment),
    path("interface/", interface),
]
