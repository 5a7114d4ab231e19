"""Rows of the catalogue as the schema shows them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

BRAND = {"id": 3, "name": "Nordmark", "slug": "nordmark"}
CATEGORY = {"id": 42, "name": "Everyday", "slug": "office-lamps-everyday"}
TAG = {"id": 4, "name": "bright"}
PRODUCT = {
    "id": 7,
    "sku": "SKU-00000007",
    "slug": "slim-oak-lamp-7",
    "name": "Slim Oak Lamp",
    "price": "19.90",
    "stock": 120,
    "brand": BRAND,
    "category": CATEGORY,
    "tags": [TAG],
}
REVIEW = {
    "id": 21,
    "customer_name": "Ada Archer",
    "rating": 5,
    "body": "Does what it should.",
    "created_at": "2025-11-24T09:30:00Z",
}
RELATED_PRODUCT = {
    "id": 8,
    "slug": "plain-brass-lamp-8",
    "name": "Plain Brass Lamp",
    "price": "24.50",
    "brand": BRAND,
}
PRODUCT_DETAIL = PRODUCT | {
    "description": "The lightest of its kind that we have been able to find.",
    "version": 1,
    "created_at": "2025-06-01T12:00:00Z",
    "updated_at": "2025-06-01T12:00:00Z",
    "rating": {"count": 1, "average": "5.00"},
    "latest_reviews": [REVIEW],
    "related_products": [RELATED_PRODUCT],
}
PRODUCT_EXPORT = {
    key: PRODUCT_DETAIL[key]
    for key in ("id", "sku", "slug", "name", "description", "price", "stock", "version")
} | {
    "created_at": "2025-06-01T12:00:00Z",
    "updated_at": "2025-06-01T12:00:00Z",
    "brand_name": "Nordmark",
    "category_name": "Everyday",
}
CATEGORY_SUMMARY = CATEGORY | {
    "products": 40,
    "average_price": "199.95",
    "reviews": 116,
    "average_rating": "3.70",
}
FEED = {
    "next": "https://shop.example/api/products/feed/?cursor=MjA6MjA&page_size=1",
    "results": [PRODUCT],
}


def answer(name: str, value: dict[str, Any]) -> OpenApiExample:
    """An example of what the API says."""
    return OpenApiExample(name, value, response_only=True)


def question(name: str, value: dict[str, Any]) -> OpenApiExample:
    """An example of what a client says."""
    return OpenApiExample(name, value, request_only=True)
