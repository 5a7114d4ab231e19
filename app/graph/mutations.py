"""What can be changed, by the services that REST uses too."""

from typing import Any, TypeAlias

from ariadne import MutationType
from graphql import GraphQLResolveInfo
from rest_framework.serializers import Serializer

from app.catalog import services
from app.catalog.errors import DuplicateReviewError, StaleProductError
from app.catalog.models import Product, Review
from app.catalog.serializers import ProductUpdateSerializer, ReviewCreateSerializer
from app.graph.context import GraphContext
from app.graph.errors import Code, refusal
from app.graph.queries import row_id

Input: TypeAlias = dict[str, Any]

mutation = MutationType()

NO_PRODUCT = "There is no product of this id."


@mutation.field("updateProduct")
def resolve_update_product(_: None, info: GraphQLResolveInfo, *, input: Input) -> Product:  # noqa: A002
    """Change a product, unless it was changed meanwhile."""
    context: GraphContext = info.context
    if not context.user.is_authenticated:
        raise refusal(Code.UNAUTHENTICATED, "Sign in to change products.")
    if not context.user.has_perm("catalog.change_product"):
        raise refusal(Code.FORBIDDEN, "Only staff who may change products may do this.")
    changes = dict(input)
    product_id, version = row_id(changes.pop("id")), changes.pop("version")
    try:
        product = services.product_update(
            product_id=product_id,
            changes=_validated(ProductUpdateSerializer(data=changes, partial=True)),
            expected_version=version,
        )
    except Product.DoesNotExist as error:
        raise refusal(Code.NOT_FOUND, NO_PRODUCT) from error
    except StaleProductError as error:
        raise refusal(
            Code.CONFLICT,
            "The product was changed meanwhile; read it again.",
            version=error.version,
        ) from error
    context.forget()
    context.relations.announce([product])
    return product


@mutation.field("addReview")
def resolve_add_review(_: None, info: GraphQLResolveInfo, *, input: Input) -> Review:  # noqa: A002
    """Add the customer's review of a product."""
    context: GraphContext = info.context
    if not context.user.is_authenticated:
        raise refusal(Code.UNAUTHENTICATED, "Sign in to review products.")
    if not hasattr(context.user, "customer"):
        raise refusal(Code.FORBIDDEN, "Only customers may do this.")
    given = dict(input)
    product = Product.objects.filter(pk=row_id(given.pop("product_id"))).first()
    if product is None:
        raise refusal(Code.NOT_FOUND, NO_PRODUCT)
    try:
        review = services.review_create(
            product=product,
            customer=context.user.customer,
            **_validated(ReviewCreateSerializer(data=given)),
        )
    except DuplicateReviewError as error:
        raise refusal(Code.CONFLICT, "You have already reviewed this product.") from error
    context.forget()
    context.relations.announce([product])
    return review


def _validated(serializer: Serializer) -> Any:
    if not serializer.is_valid():
        raise refusal(Code.INVALID_INPUT, "The input is not valid.", errors=serializer.errors)
    return serializer.validated_data
