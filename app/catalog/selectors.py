"""What is read from the catalogue."""

from functools import partial

from django.db.models import Avg, Count, DecimalField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import StrIndex, Upper
from django.utils import timezone

from app.caching import stampede
from app.catalog import cache
from app.catalog.models import Brand, Category, CategoryFigures, Product, Review, Tag
from app.catalog.types import (
    CategorySummaries,
    CategorySummary,
    NamedRow,
    PopularProduct,
    ProductDetail,
    ProductFacts,
    RelatedProduct,
    ReviewRow,
)
from headtohead.django import seam

LATEST_REVIEWS = 10
RELATED_PRODUCTS = 8
POPULAR_PRODUCTS = 20
POPULAR_SECONDS = 2  # that the list of popular products may be old


@seam
def product_list() -> QuerySet[Product]:
    """All products with their brand, category and tags, in three queries a page."""
    return (
        Product.objects.select_related("brand", "category").prefetch_related("tags").order_by("id")
    )


def product_list_naive() -> QuerySet[Product]:
    """All products; brand, category and tags cost three more queries per product."""
    return Product.objects.order_by("id")


def product_recommended_list(*, min_rating: int) -> QuerySet[Product]:
    """The products of which some customer thinks so well, by id, in two queries."""
    liked = Review.objects.filter(product=OuterRef("pk"), rating__gte=min_rating)
    return product_list().filter(Exists(liked))


@seam
def product_search(*, text: str) -> QuerySet[Product]:
    """The products whose names contain a text in whatever case, by name, found in an index."""
    return product_list().filter(name__icontains=text).order_by("name", "id")


def product_search_sequential(*, text: str) -> QuerySet[Product]:
    """The products whose names contain a text in whatever case, by name, found by reading all.

    It asks the same of the same capitals, though by a function, which no index can answer.
    """
    place = StrIndex(Upper("name"), Upper(Value(text)))
    return product_list().alias(place=place).filter(place__gt=0).order_by("name", "id")


@seam
def product_detail(*, product_id: int) -> ProductDetail:
    """One product's page, from the cache where it is there.

    The newest products of a category are cached once for all of its products, so that a write to
    one product leaves the pages of the others as they are.

    Raises:
        Product.DoesNotExist: No product has this id.
    """
    facts = cache.read_through(
        cache.product_facts_key(product_id), partial(_product_facts, product_id=product_id)
    )
    category_id = facts["category"]["id"]
    newest = cache.read_through(
        cache.newest_products_key(category_id), partial(_newest_products, category_id=category_id)
    )
    return _product_detail(facts=facts, newest=newest)


def product_detail_uncached(*, product_id: int) -> ProductDetail:
    """One product's page, from the database.

    Raises:
        Product.DoesNotExist: No product has this id.
    """
    facts = _product_facts(product_id=product_id)
    newest = _newest_products(category_id=facts["category"]["id"])
    return _product_detail(facts=facts, newest=newest)


@seam
def product_popular_list() -> list[PopularProduct]:
    """The products with the most reviews, read again by one request when they expire."""
    return stampede.single_flight("popular-products", _popular_products, seconds=POPULAR_SECONDS)


def product_popular_list_unprotected() -> list[PopularProduct]:
    """The same, read again by every request that finds them expired."""
    return stampede.unprotected(
        "popular-products-unprotected", _popular_products, seconds=POPULAR_SECONDS
    )


def product_popular_list_early() -> list[PopularProduct]:
    """The same, read again by some request before they expire."""
    return stampede.early("popular-products-early", _popular_products, seconds=POPULAR_SECONDS)


@seam
def category_summary() -> CategorySummaries:
    """Figures per category, from the cache where they are there."""
    return cache.read_through(cache.CATEGORY_SUMMARY, category_summary_live)


def category_summary_live() -> CategorySummaries:
    """Figures per category, computed from all products and reviews.

    Two aggregations rather than one over the join of both: a product would weigh as many times in
    the average price as it has reviews.
    """
    computed_at = timezone.now()
    products = {
        row["category_id"]: row
        for row in Product.objects.values("category_id").annotate(
            count=Count("id"), average_price=Avg("price")
        )
    }
    reviews = {
        row["category_id"]: row
        for row in Review.objects.values(category_id=F("product__category_id")).annotate(
            count=Count("id"), average_rating=_average_rating()
        )
    }
    nothing = {"count": 0, "average_price": None, "average_rating": None}
    categories: list[CategorySummary] = [
        {
            "id": category.pk,
            "name": category.name,
            "slug": category.slug,
            "products": products.get(category.pk, nothing)["count"],
            "average_price": products.get(category.pk, nothing)["average_price"],
            "reviews": reviews.get(category.pk, nothing)["count"],
            "average_rating": reviews.get(category.pk, nothing)["average_rating"],
        }
        for category in category_list()
    ]
    return {"computed_at": computed_at, "categories": categories}


def category_summary_precomputed() -> CategorySummaries:
    """Figures per category as the beat last had them computed; computed now if it never had.

    One query whatever there is in the shop, and no more right than the last computation is.
    """
    rows = list(
        CategoryFigures.objects.order_by("category__name", "category_id").values(
            *("computed_at", "products", "average_price", "reviews", "average_rating"),
            id=F("category_id"),
            name=F("category__name"),
            slug=F("category__slug"),
        )
    )
    if not rows:
        return category_summary_live()
    return {"computed_at": min(row.pop("computed_at") for row in rows), "categories": rows}


def review_list(*, product_id: int) -> "QuerySet[Review, ReviewRow]":
    """The reviews of a product with their customers' names, newest first."""
    return (
        Review.objects.filter(product_id=product_id)
        .order_by("-created_at", "-id")
        .values("id", "rating", "body", "created_at", customer_name=F("customer__full_name"))
    )


def category_list() -> QuerySet[Category]:
    """All categories by name."""
    return Category.objects.order_by("name", "id")


def brand_list() -> QuerySet[Brand]:
    """All brands by name."""
    return Brand.objects.order_by("name")


def tag_list() -> QuerySet[Tag]:
    """All tags by name."""
    return Tag.objects.order_by("name")


def _product_facts(*, product_id: int) -> ProductFacts:
    product = Product.objects.select_related("brand", "category").get(pk=product_id)
    return {
        "id": product.pk,
        "sku": product.sku,
        "slug": product.slug,
        "name": product.name,
        "description": product.description,
        "price": product.price,
        "stock": product.stock,
        "version": product.version,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
        "brand": _named(product.brand),
        "category": _named(product.category),
        "tags": list(product.tags.values("id", "name")),
        "rating": product.reviews.aggregate(count=Count("id"), average=_average_rating()),
        "latest_reviews": list(review_list(product_id=product_id)[:LATEST_REVIEWS]),
    }


def _newest_products(*, category_id: int) -> list[RelatedProduct]:
    """One more than a page shows, because no page shows the product itself."""
    products = (
        Product.objects.filter(category_id=category_id)
        .select_related("brand")
        .order_by("-created_at", "-id")[: RELATED_PRODUCTS + 1]
    )
    return [
        {
            "id": product.pk,
            "slug": product.slug,
            "name": product.name,
            "price": product.price,
            "brand": _named(product.brand),
        }
        for product in products
    ]


def _popular_products() -> list[PopularProduct]:
    rows = (
        Product.objects.values(
            *("id", "slug", "name", "price", "brand_id", "brand__name", "brand__slug")
        )
        .annotate(review_count=Count("reviews"))
        .order_by("-review_count", "id")[:POPULAR_PRODUCTS]
    )
    return [
        {
            "id": row["id"],
            "slug": row["slug"],
            "name": row["name"],
            "price": row["price"],
            "brand": {
                "id": row["brand_id"],
                "name": row["brand__name"],
                "slug": row["brand__slug"],
            },
            "reviews": row["review_count"],
        }
        for row in rows
    ]


def _product_detail(*, facts: ProductFacts, newest: list[RelatedProduct]) -> ProductDetail:
    others = [product for product in newest if product["id"] != facts["id"]]
    return {**facts, "related_products": others[:RELATED_PRODUCTS]}


def _named(row: Brand | Category) -> NamedRow:
    return {"id": row.pk, "name": row.name, "slug": row.slug}


def _average_rating() -> Avg:
    # Decimal, because a float would be rounded from a value that is already rounded.
    return Avg("rating", output_field=DecimalField())
