"""Scalars beyond GraphQL's own."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from ariadne import ScalarType
from graphql import GraphQLError

MAX_PAGE_SIZE = 100

decimal_scalar = ScalarType("Decimal", serializer=str)
date_time_scalar = ScalarType("DateTime", serializer=datetime.isoformat)
page_size_scalar = ScalarType("PageSize", serializer=int)


@decimal_scalar.value_parser
def parse_decimal(value: object) -> Decimal:
    """A finite decimal number, given as a string or as a whole number."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise GraphQLError('A Decimal is written as a string, such as "19.90".')
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise GraphQLError(f"{value!r} is no decimal number.") from error
    if not number.is_finite():
        raise GraphQLError(f"{value!r} is no finite number.")
    return number


@page_size_scalar.value_parser
def parse_page_size(value: object) -> int:
    """A number of rows; a scalar of its own refuses others before anything is resolved."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_PAGE_SIZE:
        raise GraphQLError(f"A page has 1 to {MAX_PAGE_SIZE} rows.")
    return value
