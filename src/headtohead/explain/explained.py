"""What explains a variant: its statements with their causes and hints, most repeated first."""

from dataclasses import dataclass

from headtohead.explain.hints import hints_of
from headtohead.statements import Detail, Explanation, Statement


@dataclass(frozen=True, kw_only=True)
class ExplainedStatement:
    """A statement with its causes.

    Attributes:
        statement: Its text and how often it was executed.
        detail: What had it executed, and its plan.
        hints: What may be worth a try.
    """

    statement: Statement
    detail: Detail
    hints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExplainedVariant:
    """What one variant's answer takes.

    Attributes:
        variant: Identity of the variant.
        queries: Statements executed, all in all.
        statements: The distinct ones, most repeated first.
    """

    variant: str
    queries: int
    statements: tuple[ExplainedStatement, ...]


def explained(explanation: Explanation) -> ExplainedVariant:
    """A detailed answer of the server, put in order and with hints."""
    statements = (
        ExplainedStatement(
            statement=statement, detail=detail, hints=hints_of(statement, detail.plan)
        )
        for statement, detail in zip(explanation.statements, explanation.details, strict=True)
    )
    return ExplainedVariant(
        variant=explanation.variant,
        queries=explanation.queries,
        statements=tuple(sorted(statements, key=lambda each: -each.statement.times)),
    )
