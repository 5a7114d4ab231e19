"""The product feed: all products by id, for clients that read the whole catalogue."""

from collections import defaultdict

from django.db.models import QuerySet

from app.catalog.cursors import FeedCursor
from app.catalog.models import Product, ProductTag
from app.catalog.serializers import ProductSerializer
from app.catalog.types import ProductRow, TagRow
from headtohead.django import seam


@seam
def feed_products(*, cursor: FeedCursor) -> QuerySet[Product]:
    """The products after a cursor; the database begins to read there."""
    return Product.objects.filter(id__gt=cursor.last_id).order_by("id")


def feed_products_by_offset(*, cursor: FeedCursor) -> QuerySet[Product]:
    """The products after a cursor; the database reads those before it too, and drops them.

    Unlike the key, the position shifts when a product before it is deleted.
    """
    return Product.objects.order_by("id")[cursor.position :]


@seam
def feed_rows(*, products: QuerySet[Product]) -> list[ProductRow]:
    """What the feed says of products, made of columns in two queries."""
    found = list(
        products.values(
            *("id", "sku", "slug", "name", "price", "stock"),
            *("brand_id", "brand__name", "brand__slug"),
            *("category_id", "category__name", "category__slug"),
        )
    )
    tags = _tags(product_ids=[row["id"] for row in found])
    return [
        {
            "id": row["id"],
            "sku": row["sku"],
            "slug": row["slug"],
            "name": row["name"],
            "price": str(row["price"]),
            "stock": row["stock"],
            "brand": {
                "id": row["brand_id"],
                "name": row["brand__name"],
                "slug": row["brand__slug"],
            },
            "category": {
                "id": row["category_id"],
                "name": row["category__name"],
                "slug": row["category__slug"],
            },
            "tags": tags[row["id"]],
        }
        for row in found
    ]


def feed_rows_by_serializer(*, products: QuerySet[Product]) -> list[ProductRow]:
    """What the feed says of products, by a ModelSerializer of model instances in two queries."""
    instances = products.select_related("brand", "category").prefetch_related("tags")
    rows: list[ProductRow] = ProductSerializer(instances, many=True).data
    return rows


def _tags(*, product_ids: list[int]) -> dict[int, list[TagRow]]:
    """The tags of each product by name."""
    tags: dict[int, list[TagRow]] = defaultdict(list)
    columns = (
        ProductTag.objects.filter(product_id__in=product_ids)
        .order_by("tag__name")
        .values_list("product_id", "tag_id", "tag__name")
    )
    for product_id, tag_id, name in columns:
        tags[product_id].append({"id": tag_id, "name": name})
    return tags
