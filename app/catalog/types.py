"""Plain data that selectors return where it may be cached, and that services take."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from app.catalog.models import Brand, Category, Tag


class NamedRow(TypedDict):
    """A brand or a category."""

    id: int
    name: str
    slug: str


class TagRow(TypedDict):
    """A tag."""

    id: int
    name: str


class Rating(TypedDict):
    """How customers rate a product; without reviews there is no average."""

    count: int
    average: Decimal | None


class ProductRow(TypedDict):
    """A product in a list, its price written out."""

    id: int
    sku: str
    slug: str
    name: str
    price: str
    stock: int
    brand: NamedRow
    category: NamedRow
    tags: list[TagRow]


class ReviewRow(TypedDict):
    """A review with the name of its customer."""

    id: int
    customer_name: str
    rating: int
    body: str
    created_at: datetime


class RelatedProduct(TypedDict):
    """A product as it appears on another product's page."""

    id: int
    slug: str
    name: str
    price: Decimal
    brand: NamedRow


class ProductFacts(TypedDict):
    """What a product's page says about the product itself."""

    id: int
    sku: str
    slug: str
    name: str
    description: str
    price: Decimal
    stock: int
    version: int
    created_at: datetime
    updated_at: datetime
    brand: NamedRow
    category: NamedRow
    tags: list[TagRow]
    rating: Rating
    latest_reviews: list[ReviewRow]


class ProductDetail(ProductFacts):
    """A product's page."""

    related_products: list[RelatedProduct]


class CategorySummary(TypedDict):
    """Figures about one category."""

    id: int
    name: str
    slug: str
    products: int
    average_price: Decimal | None
    reviews: int
    average_rating: Decimal | None


class CategorySummaries(TypedDict):
    """Figures about all categories, and when they were true."""

    computed_at: datetime
    categories: list[CategorySummary]


class ProductChanges(TypedDict, total=False):
    """What may be changed about a product; what is absent stays as it is."""

    name: str
    description: str
    price: Decimal
    stock: int
    brand: Brand
    category: Category
    tags: list[Tag]
