"""A product's page as bytes that are ready to be sent."""

from functools import partial
from hashlib import sha256
from typing import Any, TypedDict

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from app.caching import cache_status, composition
from app.catalog import cache, selectors
from app.catalog.models import Product
from app.catalog.serializers import ProductDetailSerializer
from app.catalog.views import CACHE_STATUS, PRODUCT_VERSION, ProductDetailView
from app.config.problems import problem_responses
from headtohead.django import seam

ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, description="Changes with the page.", response=[200, 304]
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of a page that the client has kept; it gets 304 while that is the page.",
)
_CONTENT_TYPE = "application/json"


class ProductPage(TypedDict):
    """A rendered page."""

    version: int
    etag: str
    body: bytes


@seam
def product_page(request: HttpRequest, *, product_id: int) -> HttpResponseBase:
    """The page as it was rendered last, or nothing where the client has kept just that.

    The bytes count as long as what they were rendered from does, so a write need not know of them;
    it waits for leases on them at most (`app.caching.leases`).
    """
    with cache_status.reporting() as headers:
        page = composition.read_composed(
            f"product-page:{product_id}", partial(_rendered, product_id=product_id)
        )
    headers |= {
        PRODUCT_VERSION.name: str(page["version"]),
        ETAG.name: page["etag"],
        # Whoever keeps it asks each time whether it is still the page.
        "Cache-Control": "no-cache",
    }
    response = HttpResponse(page["body"], content_type=_CONTENT_TYPE, headers=headers)
    return get_conditional_response(request, etag=page["etag"], response=response)


def product_page_from_objects(request: HttpRequest, *, product_id: int) -> HttpResponseBase:
    """The page, serialized and rendered from cached objects by REST framework."""
    return _from_objects(request, product_id=product_id)


def product_page_bare(request: HttpRequest, *, product_id: int) -> HttpResponseBase:
    """The page's bytes from the memory of this process: a bound, and not a way to serve them.

    It is what a view costs that does nothing. It notices no write, so its bytes are soon dropped.
    """
    key = f"product-page:{product_id}"
    body = caches["local-memory"].get(key)
    if body is None:
        body = _rendered(product_id=product_id)[0]["body"]
        caches["local-memory"].set(key, body)
    return HttpResponse(body, content_type=_CONTENT_TYPE)


class ProductPageView(ProductDetailView):
    """One product, for clients and shared caches that keep pages."""

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer before REST framework does anything: the page is the same for everybody."""
        if request.method in {"GET", "HEAD"}:
            return product_page(request, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        summary="Show a product's page",
        description="What showing the product says, the same for everybody and always as JSON, "
        "with an ETag.",
        parameters=[IF_NONE_MATCH, ETAG, PRODUCT_VERSION, CACHE_STATUS],
        responses={
            200: ProductDetailSerializer,
            304: OpenApiResponse(
                description="The page that the client has kept is still the page."
            ),
            **problem_responses(404),
        },
        tags=["products"],
    )
    def get(self, request: Request, product_id: int) -> Response:
        """Describe what `dispatch` answers."""
        return super().get(request, product_id)


_from_objects = ProductDetailView.as_view()


def _rendered(*, product_id: int) -> tuple[ProductPage, frozenset[str]]:
    """The page, and the keys of what it is made of."""
    try:
        product = selectors.product_detail(product_id=product_id)
    except Product.DoesNotExist as error:
        raise Http404 from error
    body = JSONRenderer().render(ProductDetailSerializer(product).data)
    page = ProductPage(
        version=product["version"], etag=f'"{sha256(body).hexdigest()[:32]}"', body=body
    )
    parts = frozenset(
        {
            cache.product_facts_key(product_id),
            cache.newest_products_key(product["category"]["id"]),
        }
    )
    return page, parts
