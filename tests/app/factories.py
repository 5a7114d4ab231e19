"""Rows for tests: valid, distinct, and as asked in what the test is about."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from app.accounts.models import Customer, User
from app.catalog.models import Brand, Category, Product, Review, Tag
from app.orders.models import Order, OrderItem

numbers = count(1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


PASSWORD = "correct horse battery"


def make_user(**fields: Any) -> User:
    return User.objects.create_user(f"user{next(numbers)}@shop.example", **fields)


def make_customer(**fields: Any) -> Customer:
    number = next(numbers)
    defaults = {"email": f"customer{number}@shop.example", "full_name": f"Customer {number}"}
    return Customer.objects.create(**defaults | fields)


def make_category(**fields: Any) -> Category:
    number = next(numbers)
    return Category.objects.create(
        **{"name": f"Category {number}", "slug": f"category-{number}"} | fields
    )


def make_brand(**fields: Any) -> Brand:
    number = next(numbers)
    return Brand.objects.create(**{"name": f"Brand {number}", "slug": f"brand-{number}"} | fields)


def make_tag(**fields: Any) -> Tag:
    return Tag.objects.create(**{"name": f"tag {next(numbers)}"} | fields)


def make_product(*, tags: int = 2, **fields: Any) -> Product:
    """A product with a brand and a category of its own, unless told otherwise."""
    number = next(numbers)
    defaults = {
        "sku": f"SKU-{number}",
        "slug": f"product-{number}",
        "name": f"Product {number}",
        "price": Decimal("10.00"),
        "created_at": NOON + timedelta(seconds=number),
    }
    related = {
        "brand": fields.pop("brand", None) or make_brand(),
        "category": fields.pop("category", None) or make_category(),
    }
    product = Product.objects.create(**defaults | related | fields)
    product.tags.set([make_tag() for _ in range(tags)])
    return product


def make_review(*, product: Product, **fields: Any) -> Review:
    fields.setdefault("rating", 4)
    customer = fields.pop("customer", None) or make_customer()
    return Review.objects.create(product=product, customer=customer, body="Fine.", **fields)


def make_order(*, customer: Customer, items: int = 2, **fields: Any) -> Order:
    order = Order.objects.create(customer=customer, number=f"O-{next(numbers)}", **fields)
    for _ in range(items):
        OrderItem.objects.create(
            order=order, product=make_product(), quantity=1, unit_price=Decimal("9.00")
        )
    return order
