"""What a query may ask for. Whatever exceeds a limit is refused before any resolver runs.

The cheap limits come first, because graphql-core's own rules take quadratic time in the worst case.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ariadne.validation import cost_validator
from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoFragmentCyclesRule,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    get_variable_values,
    parse,
    specified_rules,
    validate,
)

from app.graph.errors import Code, refusal
from app.graph.shape import shape_of


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The largest query.

    Attributes:
        characters: Length of the text.
        tokens: Words and signs of the text; comments do not count.
        depth: Fields on the longest way down.
        fields: All fields, once the fragments are spread.
        aliases: Those of them that have an alias.
        cost: Objects that may be loaded, by the `@cost` of the schema.
    """

    characters: int = 8_000
    tokens: int = 1_000
    depth: int = 8
    fields: int = 100
    aliases: int = 15
    cost: int = 2_000


LIMITS = Limits()


def parse_bounded(_context: Any, data: dict[str, Any]) -> DocumentNode:
    """Parse a query of bounded length.

    Raises:
        GraphQLError: The query is too long or not well-formed.
    """
    query = data["query"]
    if len(query) > LIMITS.characters:
        raise refusal(
            Code.QUERY_TOO_LONG,
            f"The query has {len(query)} characters; up to {LIMITS.characters} are allowed.",
        )
    return parse(query, max_lexical_tokens=LIMITS.tokens)


def validator(
    *, variables: dict[str, Any], introspection: bool
) -> Callable[..., list[GraphQLError]]:
    """What validates the query of one request, for Ariadne's `query_validator`.

    Args:
        variables: As the client sent them.
        introspection: Whether the client may read the schema.
    """

    def validate_bounded(
        schema: GraphQLSchema,
        document: DocumentNode,
        *,
        rules: Collection[type[ASTValidationRule]] = specified_rules,
    ) -> list[GraphQLError]:
        return (
            _validate(schema, document, [NoFragmentCyclesRule], code=Code.INVALID_QUERY)
            or list(_exceeded(document))
            or (
                []
                if introspection
                else _validate(
                    schema,
                    document,
                    [NoSchemaIntrospectionCustomRule],
                    code=Code.INTROSPECTION_DISABLED,
                )
            )
            or validate(schema, document, rules=rules, hide_suggestions=not introspection)
            or _too_expensive(schema, document, variables)
        )

    return validate_bounded


def _exceeded(document: DocumentNode) -> Iterator[GraphQLError]:
    operations = _operations(document)
    if len(operations) > 1:
        yield refusal(Code.MULTIPLE_OPERATIONS, "Send one operation a request.")
        return
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    for operation in operations:
        shape = shape_of(operation, fragments)
        if shape.depth > LIMITS.depth:
            yield refusal(
                Code.QUERY_TOO_DEEP,
                f"The query is {shape.depth} fields deep; up to {LIMITS.depth} are allowed.",
            )
        if shape.fields > LIMITS.fields:
            yield refusal(
                Code.TOO_MANY_FIELDS,
                f"The query asks for {shape.fields} fields; up to {LIMITS.fields} are allowed.",
            )
        if shape.aliases > LIMITS.aliases:
            yield refusal(
                Code.TOO_MANY_ALIASES,
                f"The query has {shape.aliases} aliases; up to {LIMITS.aliases} are allowed.",
            )


def _too_expensive(
    schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]
) -> list[GraphQLError]:
    """Errors of a valid document whose variables are wrong or ask for too much."""
    [operation] = _operations(document)
    # Coerced first: an operation's default is what counts for a variable that is not given.
    values = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(values, list):
        return values
    rule = cost_validator(LIMITS.cost, variables=values.coerced)
    return _validate(schema, document, [rule], code=Code.QUERY_TOO_EXPENSIVE)


def _validate(
    schema: GraphQLSchema,
    document: DocumentNode,
    rules: Collection[type[ASTValidationRule]],
    *,
    code: Code,
) -> list[GraphQLError]:
    errors = validate(schema, document, rules=rules)
    return [refusal(code, error.message, **(error.extensions or {})) for error in errors[:1]]


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
