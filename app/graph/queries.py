"""What can be asked, and how the objects of the answer are resolved."""

from typing import Any, TypeAlias

from ariadne import ObjectType, QueryType
from graphql import GraphQLResolveInfo

from app.accounts.models import Customer
from app.catalog import selectors
from app.catalog.models import Brand, Category, Product, Review, Tag
from app.graph.errors import Code, refusal

Page: TypeAlias = dict[str, Any]

# What a 64-bit column holds; PostgreSQL would refuse to compare with more.
MAX_ID = 2**63 - 1

query = QueryType()
product_type = ObjectType("Product")
review_type = ObjectType("Review")
customer_type = ObjectType("Customer")
customer_type.set_alias("name", "full_name")


def row_id(value: str) -> int:
    """The number that an ID stands for.

    Raises:
        GraphQLError: It stands for none.
    """
    # isdecimal alone would let in digits of other scripts.
    if value.isascii() and value.isdecimal() and len(value) < 20 and int(value) <= MAX_ID:
        return int(value)
    raise refusal(Code.INVALID_INPUT, "An ID is a whole number.")


@query.field("products")
def resolve_products(
    _: None, info: GraphQLResolveInfo, *, first: int, after: str | None = None
) -> Page:
    """A page of products, found by the last id before it."""
    products = selectors.product_list_naive()
    if after is not None:
        products = products.filter(pk__gt=row_id(after))
    # One more than is shown tells whether there is another page.
    found = list(products[: first + 1])
    items = found[:first]
    info.context.relations.announce(items)
    return {"items": items, "next": items[-1].pk if len(found) > first else None}


@query.field("product")
def resolve_product(_: None, info: GraphQLResolveInfo, *, id: str) -> Product | None:  # noqa: A002
    """One product, or none."""
    product = selectors.product_list_naive().filter(pk=row_id(id)).first()
    if product:
        info.context.relations.announce([product])
    return product


@query.field("categories")
def resolve_categories(_: None, info: GraphQLResolveInfo, *, first: int) -> list[Category]:
    """Categories by name."""
    return list(selectors.category_list()[:first])


@product_type.field("brand")
def resolve_brand(product: Product, info: GraphQLResolveInfo) -> Brand:
    """The product's brand."""
    return info.context.relations.brand(product)


@product_type.field("category")
def resolve_category(product: Product, info: GraphQLResolveInfo) -> Category:
    """The product's category."""
    return info.context.relations.category(product)


@product_type.field("tags")
def resolve_tags(product: Product, info: GraphQLResolveInfo) -> list[Tag]:
    """The product's tags."""
    return info.context.relations.tags(product)


@product_type.field("reviews")
def resolve_reviews(product: Product, info: GraphQLResolveInfo, *, first: int) -> list[Review]:
    """The product's newest reviews."""
    return info.context.relations.reviews(product, first=first)


@review_type.field("customer")
def resolve_customer(review: Review, info: GraphQLResolveInfo) -> Customer:
    """Who wrote the review."""
    return info.context.relations.customer(review)


@review_type.field("product")
def resolve_reviewed_product(review: Review, info: GraphQLResolveInfo) -> Product:
    """What the review is about."""
    return info.context.relations.product(review)
