"""The SQL of each variant, as the server tells it."""

from collections.abc import Callable
from dataclasses import dataclass

from headtohead.check.equal_answers import Preflight
from headtohead.experiment import Experiment, Variant
from headtohead.explain.request import explanation_of
from headtohead.protocol.explanation import Detail, Explanation, Location, Statement
from headtohead.stack.target import Target, client


@dataclass(frozen=True, kw_only=True)
class Executed:
    """A statement, how often it is executed, and what comes of it.

    Attributes:
        sql: Normalised text.
        first: Times in a variant's first answer, which may fill a cache.
        second: Times in its second one.
        rows: Rows that it returned or changed, all executions together, in the first answer that
            has it.
        plan: Shape of its plan there, a line for each step; empty where it has none.
        source: What had it executed there, most often if there are several; None where no code of
            the project's own did.
    """

    sql: str
    first: int
    second: int
    rows: int = 0
    plan: tuple[str, ...] = ()
    source: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Queries:
    """The SQL of one variant, and how long an answer it makes of it.

    Attributes:
        first: Statements executed for its first answer, which may fill a cache.
        second: Those for its second one.
        body_bytes: Length of its answer, without the server's address in it.
        statements: The distinct ones, in the order of their first execution.
    """

    first: int
    second: int
    body_bytes: int
    statements: tuple[Executed, ...]


def queries_of(
    experiment: Experiment,
    *,
    preflight: Preflight,
    target: Target,
    empty_cache: Callable[[], None],
) -> dict[str, Queries]:
    """Ask for the SQL of every variant whose server tells it, twice each.

    Args:
        experiment: The experiment.
        preflight: What its variants answered; it has passed.
        target: The API, and what else serves its variants.
        empty_cache: Called before each variant, so that none finds what another one left.

    Returns:
        The SQL by the variant's name.

    Raises:
        CheckFailedError: The server does not tell its SQL.
        MeasurementError: Nothing answers at the address.
    """
    with client() as http:

        def ask(variant: Variant) -> Explanation:
            return explanation_of(http, experiment, variant, target=target, detailed=True)

        queries = {}
        for variant in filter(experiment.reports_timing, experiment.all_variants):
            empty_cache()
            # Links within it begin with an address that is another one each time.
            address = target.url_of(experiment, variant).encode()
            body = preflight.answers[variant.name].body.replace(address, b"")
            queries[variant.name] = joined(ask(variant), ask(variant), body_bytes=len(body))
    return queries


def joined(first: Explanation, second: Explanation, *, body_bytes: int) -> Queries:
    """Two detailed answers of one variant, statement by statement."""
    told_first, told_second = _by_sql(first), _by_sql(second)

    def executed(sql: str) -> Executed:
        statement, detail = told_first.get(sql) or told_second[sql]
        return Executed(
            sql=sql,
            first=told_first[sql][0].times if sql in told_first else 0,
            second=told_second[sql][0].times if sql in told_second else 0,
            rows=statement.rows,
            plan=detail.plan.shape if detail.plan else (),
            source=detail.sources[0].location if detail.sources else None,
        )

    return Queries(
        first=first.queries,
        second=second.queries,
        body_bytes=body_bytes,
        statements=tuple(map(executed, told_first | told_second)),
    )


def _by_sql(explanation: Explanation) -> dict[str, tuple[Statement, Detail]]:
    told = zip(explanation.statements, explanation.details, strict=True)
    return {statement.sql: (statement, detail) for statement, detail in told}
