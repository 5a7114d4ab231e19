"""The executable schema: schema.graphql with its resolvers."""

from pathlib import Path

from ariadne import load_schema_from_path, make_executable_schema

from app.graph.mutations import mutation
from app.graph.queries import customer_type, product_type, query, review_type
from app.graph.scalars import date_time_scalar, decimal_scalar, page_size_scalar

SCHEMA = make_executable_schema(
    load_schema_from_path(str(Path(__file__).with_name("schema.graphql"))),
    query,
    mutation,
    product_type,
    review_type,
    customer_type,
    decimal_scalar,
    date_time_scalar,
    page_size_scalar,
    convert_names_case=True,
)
