"""The catalogue over HTTP."""

from http import HTTPStatus

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import (
    AllowAny,
    DjangoModelPermissionsOrAnonReadOnly,
    IsAdminUser,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from app.caching import cache_status
from app.catalog import export, feed, selectors, services
from app.catalog.cursors import FeedCursor
from app.catalog.errors import DuplicateReviewError, InsufficientStockError
from app.catalog.models import Brand, Category, Product, Review, Tag
from app.catalog.permissions import IsCustomerOrReadOnly, IsMeasured, MayChangeProducts
from app.catalog.serializers import (
    BrandSerializer,
    CategorySerializer,
    CategorySummarySerializer,
    PopularProductSerializer,
    ProductDetailSerializer,
    ProductExportSerializer,
    ProductFeedQuerySerializer,
    ProductFeedSerializer,
    ProductRecommendedQuerySerializer,
    ProductSearchQuerySerializer,
    ProductSerializer,
    ProductUpdateSerializer,
    ReviewCreateSerializer,
    ReviewSerializer,
    StockChangeSerializer,
    TagSerializer,
)
from app.config.bounded_pagination import COUNT_LIMIT, BoundedPagination, BoundedSchema
from app.config.problems import Conflict, problem_example, problem_responses

CACHE_STATUS = OpenApiParameter(
    cache_status.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="What became of lookups in the server's own cache (RFC 9211).",
    response=[200],
)
PRODUCT_VERSION = OpenApiParameter(
    "Product-Version",
    int,
    OpenApiParameter.HEADER,
    description="Counts the product's changes.",
    response=[200],
)


@extend_schema(
    summary="List products",
    description="All products by id, each with its brand, category and tags.",
    responses={200: ProductSerializer(many=True), **problem_responses(404)},
    tags=["products"],
)
class ProductListView(ListAPIView):
    """The products."""

    permission_classes = [AllowAny]
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        """Leave the reading to the selector."""
        return selectors.product_list()


class ProductFeedView(APIView):
    """The products, for clients that read them all."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="Read the product feed",
        description="All products by id, none of them counted. A page costs the same wherever it "
        "lies, and following `next` skips and repeats nothing when products are deleted meanwhile.",
        parameters=[ProductFeedQuerySerializer],
        responses={200: ProductFeedSerializer, **problem_responses(400)},
        examples=[
            OpenApiExample(
                "After twenty products",
                FeedCursor(position=20, last_id=20).token,
                parameter_only=("cursor", "query"),
            )
        ],
        tags=["products"],
    )
    def get(self, request: Request) -> Response:
        """Show a page."""
        query = ProductFeedQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        cursor = query.validated_data.get("cursor", FeedCursor())
        page_size = query.validated_data["page_size"]
        # One product more than the page shows tells whether there is a next page.
        products = feed.feed_products(cursor=cursor)[: page_size + 1]
        rows = feed.feed_rows(products=products)
        page = rows[:page_size]
        following = None
        if len(rows) > page_size:
            after = FeedCursor(position=cursor.position + page_size, last_id=page[-1]["id"])
            address = request.build_absolute_uri()
            following = replace_query_param(address, "cursor", after.token)
        return Response({"next": following, "results": page})


@extend_schema(
    summary="List recommended products",
    description="The products that some customer rates that well, by id. No more than "
    f"{COUNT_LIMIT} are counted and shown; `capped` tells whether there are others.",
    parameters=[ProductRecommendedQuerySerializer],
    responses={200: ProductSerializer(many=True), **problem_responses(400, 404)},
    examples=[OpenApiExample("The best alone", 5, parameter_only=("min_rating", "query"))],
    tags=["products"],
)
class ProductRecommendedListView(ListAPIView):
    """The products that customers recommend."""

    permission_classes = [AllowAny]
    serializer_class = ProductSerializer
    pagination_class = BoundedPagination
    schema = BoundedSchema()

    def get_queryset(self) -> QuerySet[Product]:
        """Leave the reading to the selector."""
        query = ProductRecommendedQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.product_recommended_list(**query.validated_data)


@extend_schema(
    summary="Search products",
    description="The products whose names contain a text, by name.",
    parameters=[ProductSearchQuerySerializer],
    responses={200: ProductSerializer(many=True), **problem_responses(400, 404)},
    examples=[OpenApiExample("Part of a name", "oak lamp", parameter_only=("q", "query"))],
    tags=["products"],
)
class ProductSearchView(ListAPIView):
    """The products of a certain name."""

    permission_classes = [AllowAny]
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        """Leave the reading to the selector."""
        query = ProductSearchQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.product_search(text=query.validated_data["q"])


class ProductPopularListView(APIView):
    """The products that are reviewed most."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="List popular products",
        description=f"The {selectors.POPULAR_PRODUCTS} products with the most reviews. The list "
        f"may be {selectors.POPULAR_SECONDS} seconds old.",
        parameters=[CACHE_STATUS],
        responses=PopularProductSerializer(many=True),
        tags=["products"],
    )
    def get(self, request: Request) -> Response:
        """List the products."""
        with cache_status.reporting() as headers:
            products = selectors.product_popular_list()
        return Response(PopularProductSerializer(products, many=True).data, headers=headers)


class ProductDetailView(APIView):
    """One product."""

    permission_classes = [DjangoModelPermissionsOrAnonReadOnly | IsMeasured]
    queryset = Product.objects.none()

    @extend_schema(
        summary="Show a product",
        description="A product with its rating, latest reviews and related products.",
        parameters=[PRODUCT_VERSION, CACHE_STATUS],
        responses={200: ProductDetailSerializer, **problem_responses(404)},
        tags=["products"],
    )
    def get(self, request: Request, product_id: int) -> Response:
        """Show the product."""
        try:
            with cache_status.reporting() as headers:
                product = selectors.product_detail(product_id=product_id)
        except Product.DoesNotExist as error:
            raise Http404 from error
        headers[PRODUCT_VERSION.name] = str(product["version"])
        return Response(ProductDetailSerializer(product).data, headers=headers)

    @extend_schema(
        summary="Change a product",
        description="Changes what the body names and counts up the version. For staff who hold "
        "the permission to change products, and for whoever holds the token to measure this "
        "server.",
        parameters=[PRODUCT_VERSION, CACHE_STATUS],
        request=ProductUpdateSerializer,
        responses={200: ProductDetailSerializer, **problem_responses(400, 401, 403, 404)},
        tags=["products"],
    )
    def patch(self, request: Request, product_id: int) -> Response:
        """Change the product."""
        changes = ProductUpdateSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        try:
            product = services.product_update(product_id=product_id, changes=changes.validated_data)
        except Product.DoesNotExist as error:
            raise Http404 from error
        response = self.get(request, product_id)
        # What this change made of it; the page may be of a later one.
        response[PRODUCT_VERSION.name] = str(product.version)
        return response


class ProductStockView(APIView):
    """What is in stock of a product."""

    permission_classes = [IsMeasured | MayChangeProducts]

    @extend_schema(
        summary="Change a product's stock",
        description="Adds to what is in stock, or takes from it, whatever others do at the same "
        "time. For staff who hold the permission to change products, and for whoever holds the "
        "token to measure this server.",
        request=StockChangeSerializer,
        responses={200: StockChangeSerializer, **problem_responses(400, 401, 403, 404, 409)},
        examples=[
            OpenApiExample("Three sold", {"by": -3}),
            problem_example(
                "Fewer are left", status=409, detail="There are not that many in stock."
            ),
        ],
        tags=["products"],
    )
    def post(self, request: Request, product_id: int) -> Response:
        """Change it."""
        change = StockChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        try:
            services.stock_change(product_id=product_id, **change.validated_data)
        except Product.DoesNotExist as error:
            raise Http404 from error
        except InsufficientStockError as error:
            raise Conflict("There are not that many in stock.") from error
        return Response(change.data)


class ProductExportView(APIView):
    """The whole catalogue in one answer."""

    permission_classes = [IsMeasured | IsAdminUser]

    @extend_schema(
        summary="Export all products",
        description="All products by id, in an array without pages that is sent while it is read. "
        "For staff, and for whoever holds the token to measure this server.",
        responses={200: ProductExportSerializer(many=True), **problem_responses(401, 403)},
        tags=["products"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Send them."""
        return export.export_response()


class ReviewListView(ListAPIView):
    """The reviews of a product."""

    permission_classes = [IsCustomerOrReadOnly]
    serializer_class = ReviewSerializer
    queryset = Review.objects.none()

    @extend_schema(
        summary="List a product's reviews",
        description="Newest first.",
        responses={200: ReviewSerializer(many=True), **problem_responses(404)},
        tags=["reviews"],
    )
    def get(self, request: Request, product_id: int) -> Response:
        """List the reviews."""
        get_object_or_404(Product, pk=product_id)
        return self.list(request)

    @extend_schema(
        summary="Review a product",
        description="Each customer reviews a product once.",
        request=ReviewCreateSerializer,
        responses={201: ReviewSerializer, **problem_responses(400, 401, 403, 404, 409)},
        tags=["reviews"],
    )
    def post(self, request: Request, product_id: int) -> Response:
        """Add a review."""
        product = get_object_or_404(Product, pk=product_id)
        given = ReviewCreateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            review = services.review_create(
                product=product, customer=request.user.customer, **given.validated_data
            )
        except DuplicateReviewError as error:
            raise Conflict("You have already reviewed this product.") from error
        written = self.get_queryset().get(pk=review.pk)
        return Response(ReviewSerializer(written).data, status=HTTPStatus.CREATED)

    def get_queryset(self) -> QuerySet[Review]:
        """Leave the reading to the selector."""
        return selectors.review_list(product_id=self.kwargs["product_id"])


@extend_schema(
    summary="List categories",
    description="All categories by name; the parent's id gives the tree.",
    responses={200: CategorySerializer(many=True), **problem_responses(404)},
    tags=["categories"],
)
class CategoryListView(ListAPIView):
    """The categories."""

    permission_classes = [AllowAny]
    serializer_class = CategorySerializer

    def get_queryset(self) -> QuerySet[Category]:
        """Leave the reading to the selector."""
        return selectors.category_list()


class CategorySummaryView(APIView):
    """Figures per category."""

    permission_classes = [AllowAny]

    @extend_schema(
        summary="Summarise categories",
        description="Per category, without those below it: how many products it has and what they "
        "cost on average, how many reviews they have and how they are rated on average.",
        responses=CategorySummarySerializer(many=True),
        parameters=[
            OpenApiParameter(
                "Age",
                int,
                OpenApiParameter.HEADER,
                description="Seconds since the figures were computed.",
                response=[200],
            )
        ],
        tags=["categories"],
    )
    def get(self, request: Request) -> Response:
        """Show the figures."""
        summaries = selectors.category_summary()
        age = max(0, int((timezone.now() - summaries["computed_at"]).total_seconds()))
        categories = CategorySummarySerializer(summaries["categories"], many=True)
        return Response(categories.data, headers={"Age": str(age)})


@extend_schema(
    summary="List brands",
    description="All brands by name.",
    responses={200: BrandSerializer(many=True), **problem_responses(404)},
    tags=["brands"],
)
class BrandListView(ListAPIView):
    """The brands."""

    permission_classes = [AllowAny]
    serializer_class = BrandSerializer

    def get_queryset(self) -> QuerySet[Brand]:
        """Leave the reading to the selector."""
        return selectors.brand_list()


@extend_schema(
    summary="List tags",
    description="All tags by name.",
    responses={200: TagSerializer(many=True), **problem_responses(404)},
    tags=["tags"],
)
class TagListView(ListAPIView):
    """The tags."""

    permission_classes = [AllowAny]
    serializer_class = TagSerializer

    def get_queryset(self) -> QuerySet[Tag]:
        """Leave the reading to the selector."""
        return selectors.tag_list()
