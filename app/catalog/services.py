"""What is written to the catalogue, and what the cache must forget then.

Values are forgotten after the commit. Before it, another request would read the old rows and cache
them anew; after a rollback there is nothing to forget.
"""

from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from app.accounts.models import Customer
from app.catalog import cache, selectors, stock
from app.catalog.errors import DuplicateReviewError, StaleProductError
from app.catalog.models import ONE_REVIEW_EACH, CategoryFigures, Product, Review
from app.catalog.types import ProductChanges


@transaction.atomic
def product_update(
    *, product_id: int, changes: ProductChanges, expected_version: int | None = None
) -> Product:
    """Change a product and count up its version.

    Args:
        product_id: The product.
        changes: The new values.
        expected_version: The version that the changes are meant for, or None for any.

    Raises:
        Product.DoesNotExist: No product has this id.
        StaleProductError: It has another version than the expected one.
    """
    product = Product.objects.select_for_update().get(pk=product_id)
    if expected_version not in {None, product.version}:
        raise StaleProductError(version=product.version)
    categories = {product.category_id}
    columns = dict(changes)
    tags = columns.pop("tags", None)
    for column, value in columns.items():
        setattr(product, column, value)
    product.version += 1
    product.updated_at = timezone.now()
    product.save()
    if tags is not None:
        product.tags.set(tags)
    categories.add(product.category_id)
    transaction.on_commit(
        partial(
            cache.invalidate,
            cache.product_facts_key(product_id),
            *map(cache.newest_products_key, categories),
            cache.CATEGORY_SUMMARY,
        )
    )
    return product


@transaction.atomic
def stock_change(*, product_id: int, by: int) -> None:
    """Add to a product's stock, or take from it, and count up the product's version.

    Args:
        product_id: The product.
        by: How many to add; negative to take away.

    Raises:
        Product.DoesNotExist: No product has this id.
        InsufficientStockError: There are not that many to take away.
    """
    stock.stock_add(product_id=product_id, by=by)
    transaction.on_commit(partial(cache.invalidate, cache.product_facts_key(product_id)))


def review_create(*, product: Product, customer: Customer, rating: int, body: str) -> Review:
    """Add a customer's review of a product.

    Raises:
        DuplicateReviewError: The customer has already reviewed the product.
    """
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product=product, customer=customer, rating=rating, body=body
            )
            transaction.on_commit(
                partial(
                    cache.invalidate, cache.product_facts_key(product.pk), cache.CATEGORY_SUMMARY
                )
            )
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name == ONE_REVIEW_EACH:
            raise DuplicateReviewError from error
        raise
    return review


def category_figures_refresh() -> None:
    """Compute the figures per category and keep them in place of the last ones."""
    summaries = selectors.category_summary_live()
    CategoryFigures.objects.bulk_create(
        [
            CategoryFigures(
                category_id=category["id"],
                products=category["products"],
                average_price=category["average_price"],
                reviews=category["reviews"],
                average_rating=category["average_rating"],
                computed_at=summaries["computed_at"],
            )
            for category in summaries["categories"]
        ],
        update_conflicts=True,
        unique_fields=["category"],
        update_fields=["products", "average_price", "reviews", "average_rating", "computed_at"],
    )
