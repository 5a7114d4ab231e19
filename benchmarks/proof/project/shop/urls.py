"""The shop's addresses."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from shop import selectors


def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def products(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"products": selectors.product_list()})


def product(request: HttpRequest, product_id: int) -> JsonResponse:
    return JsonResponse(selectors.product_page(product_id))


def report(request: HttpRequest) -> JsonResponse:
    return JsonResponse(selectors.report())


def best_sellers(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"products": selectors.best_sellers()})


def search(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"names": selectors.search(request.GET.get("text", ""))})


urlpatterns = [
    path("health/", health),
    path("products/", products),
    path("products/<int:product_id>/", product),
    path("report/", report),
    path("best-sellers/", best_sellers),
    path("search/", search),
]
