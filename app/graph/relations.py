"""How resolvers reach the rows that an object refers to."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Protocol

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from app.accounts.models import Customer
from app.catalog.models import Brand, Category, Product, ProductTag, Review, Tag
from app.graph.batching import BatchLoader
from headtohead.django import seam


class Relations(Protocol):
    """What the objects of one request refer to; new for each request and after each write."""

    def announce(self, products: Iterable[Product]) -> None:
        """Say which list of products is about to be resolved."""

    def brand(self, product: Product) -> Brand:
        """Who makes the product."""

    def category(self, product: Product) -> Category:
        """Where the product stands."""

    def tags(self, product: Product) -> list[Tag]:
        """The product's tags by name."""

    def reviews(self, product: Product, *, first: int) -> list[Review]:
        """The product's newest reviews."""

    def customer(self, review: Review) -> Customer:
        """Who wrote the review."""

    def product(self, review: Review) -> Product:
        """What the review is about."""


@seam
def relations() -> Relations:
    """Related rows of all objects in a list at once: a query per relation."""
    return BatchedRelations()


def relations_naive() -> Relations:
    """Related rows of each object when it asks: a query per relation and object."""
    return NaiveRelations()


class NaiveRelations:
    """Every object asks for itself."""

    def announce(self, products: Iterable[Product]) -> None:
        """Nothing is prepared."""

    def brand(self, product: Product) -> Brand:
        """One query per product."""
        return product.brand

    def category(self, product: Product) -> Category:
        """One query per product."""
        return product.category

    def tags(self, product: Product) -> list[Tag]:
        """One query per product."""
        return list(product.tags.all())

    def reviews(self, product: Product, *, first: int) -> list[Review]:
        """One query per product."""
        return list(product.reviews.order_by("-created_at", "-id")[:first])

    def customer(self, review: Review) -> Customer:
        """One query per review."""
        return review.customer

    def product(self, review: Review) -> Product:
        """No query, because reviews are reached from products."""
        return review.product


class BatchedRelations:
    """The first object of a list that asks is answered together with the others.

    Only one list of products is awaited at a time, because the executor finishes it before it
    begins the next. Awaiting more would load rows that no query has been charged for.
    """

    def __init__(self) -> None:
        self._products: dict[int, Product] = {}
        self._customer_ids: set[int] = set()
        self._brands = BatchLoader(Brand.objects.in_bulk, awaited=self._brand_ids)
        self._categories = BatchLoader(Category.objects.in_bulk, awaited=self._category_ids)
        self._customers = BatchLoader(Customer.objects.in_bulk, awaited=lambda: self._customer_ids)
        self._tags = BatchLoader(_tags, awaited=lambda: self._products)
        self._reviews: dict[int, BatchLoader[int, list[Review]]] = {}

    def announce(self, products: Iterable[Product]) -> None:
        """Let the products be answered together."""
        self._products = {product.pk: product for product in products}

    def brand(self, product: Product) -> Brand:
        """One query for all products."""
        return self._brands.load(product.brand_id)

    def category(self, product: Product) -> Category:
        """One query for all products."""
        return self._categories.load(product.category_id)

    def tags(self, product: Product) -> list[Tag]:
        """One query for all products."""
        return self._tags.load(product.pk)

    def reviews(self, product: Product, *, first: int) -> list[Review]:
        """One query for all products and each page size."""
        if first not in self._reviews:
            self._reviews[first] = BatchLoader(
                partial(self._fetch_reviews, first=first), awaited=lambda: self._products
            )
        return self._reviews[first].load(product.pk)

    def customer(self, review: Review) -> Customer:
        """One query for all reviews."""
        return self._customers.load(review.customer_id)

    def product(self, review: Review) -> Product:
        """No query, because reviews are reached from products."""
        return self._products[review.product_id]

    def _brand_ids(self) -> Iterator[int]:
        return (product.brand_id for product in self._products.values())

    def _category_ids(self) -> Iterator[int]:
        return (product.category_id for product in self._products.values())

    def _fetch_reviews(
        self, product_ids: Collection[int], *, first: int
    ) -> Mapping[int, list[Review]]:
        reviews = _reviews(product_ids, first=first)
        self._customer_ids.update(
            review.customer_id for of_product in reviews.values() for review in of_product
        )
        return reviews


def _tags(product_ids: Collection[int]) -> Mapping[int, list[Tag]]:
    tags: dict[int, list[Tag]] = {product_id: [] for product_id in product_ids}
    borne = ProductTag.objects.filter(product_id__in=product_ids)
    for each in borne.select_related("tag").order_by("tag__name"):
        tags[each.product_id].append(each.tag)
    return tags


def _reviews(product_ids: Collection[int], *, first: int) -> Mapping[int, list[Review]]:
    newest = [F("created_at").desc(), F("id").desc()]
    rank = Window(RowNumber(), partition_by=F("product_id"), order_by=newest)
    reviews: dict[int, list[Review]] = {product_id: [] for product_id in product_ids}
    ranked = Review.objects.filter(product_id__in=product_ids).annotate(rank=rank)
    for review in ranked.filter(rank__lte=first).order_by(*newest):
        reviews[review.product_id].append(review)
    return reviews
