"""The SQL of each variant, as the server tells it."""

from collections.abc import Callable
from dataclasses import dataclass

from headtohead.experiment import Experiment, Variant
from headtohead.run.explanation import explanation_of
from headtohead.run.preflight import client
from headtohead.run.target import Target
from headtohead.statements import Explanation


@dataclass(frozen=True, kw_only=True)
class Executed:
    """A statement and how often it is executed.

    Attributes:
        sql: Normalised text.
        first: Times in a variant's first answer, which may fill a cache.
        second: Times in its second one.
    """

    sql: str
    first: int
    second: int


@dataclass(frozen=True, kw_only=True)
class Queries:
    """The SQL of one variant.

    Attributes:
        first: Statements executed for its first answer, which may fill a cache.
        second: Those for its second one.
        statements: The distinct ones, in the order of their first execution.
    """

    first: int
    second: int
    statements: tuple[Executed, ...]


def queries_of(
    experiment: Experiment, *, target: Target, empty_cache: Callable[[], None]
) -> dict[str, Queries]:
    """Ask for the SQL of every variant whose server tells it, twice each.

    Args:
        experiment: The experiment; its preflight has passed.
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
            return explanation_of(http, experiment, variant, target=target)

        queries = {}
        for variant in filter(experiment.explains, experiment.all_variants):
            empty_cache()
            queries[variant.name] = joined(ask(variant), ask(variant))
    return queries


def joined(first: Explanation, second: Explanation) -> Queries:
    """Two answers of one variant, statement by statement."""
    times_first = {each.sql: each.times for each in first.statements}
    times_second = {each.sql: each.times for each in second.statements}
    return Queries(
        first=first.queries,
        second=second.queries,
        statements=tuple(
            Executed(sql=sql, first=times_first.get(sql, 0), second=times_second.get(sql, 0))
            for sql in times_first | times_second
        ),
    )
