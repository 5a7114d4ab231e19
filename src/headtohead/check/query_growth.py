"""Whether queries grow with the rows: an N+1 shows here before anybody waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from headtohead.check.queries import Queries
from headtohead.experiment import Experiment, Variant
from headtohead.protocol.explanation import Location

# An answer that shows twice as many rows is about twice as long; a total in it adds a digit.
_LONGER = 1.2


@dataclass(frozen=True, kw_only=True)
class GrownStatement:
    """A statement that is executed more often than at half the rows.

    Attributes:
        sql: Normalised text.
        times: How much more often.
        source: What has it executed, where that is known.
    """

    sql: str
    times: int
    source: Location | None


@dataclass(frozen=True, kw_only=True)
class QueryGrowth:
    """What became of a variant's queries when rows doubled.

    Attributes:
        variant: Name of the variant.
        served: Whether it is what users are served, whose queries must not grow.
        before: Statements executed for its first answer, which no cache can shorten.
        after: The same at twice as many rows.
        grown: The statements that are executed more often, those that grew most first.
    """

    variant: str
    served: bool
    before: int
    after: int
    grown: tuple[GrownStatement, ...]

    @property
    def forbidden(self) -> bool:
        """Whether it grows and must not."""
        return self.served and self.after > self.before


@dataclass(frozen=True, kw_only=True)
class ExperimentGrowth:
    """What became of an experiment's queries when rows doubled.

    Attributes:
        experiment: Name of the experiment.
        path: What was asked for at twice as many rows, if it was not the experiment's request.
        answer_grew: Whether the answer, or the body that it answers, became longer with the rows.
            Where neither did, queries made for each row of it could not become more either.
        variants: Each variant's.
    """

    experiment: str
    path: str | None
    answer_grew: bool
    variants: tuple[QueryGrowth, ...]


def growth_of(
    experiment: Experiment, *, once: Mapping[str, Queries], twice: Mapping[str, Queries]
) -> ExperimentGrowth:
    """Compare an experiment's variants, by name, at some rows and at twice as many.

    Those that are not observed, because their servers tell nothing, are left out.
    """
    return ExperimentGrowth(
        experiment=experiment.name,
        path=experiment.request_at_double_rows.path if experiment.request_at_double_rows else None,
        # All variants say the same.
        answer_grew=any(twice[name].body_bytes > _LONGER * once[name].body_bytes for name in once)
        or _sends_more(experiment),
        variants=tuple(
            _variant_growth(
                each,
                served=experiment.is_served(each),
                before=once[each.name],
                after=twice[each.name],
            )
            for each in experiment.all_variants
            if each.name in once
        ),
    )


def _sends_more(experiment: Experiment) -> bool:
    """Whether twice as many rows are sent rather than shown."""
    if experiment.request_at_double_rows is None:
        return False
    return len(experiment.request_at_double_rows.body or "") > _LONGER * len(
        experiment.request.body or ""
    )


def _variant_growth(
    variant: Variant, *, served: bool, before: Queries, after: Queries
) -> QueryGrowth:
    times = {each.sql: each.first for each in before.statements}
    more = (
        GrownStatement(sql=each.sql, times=each.first - times.get(each.sql, 0), source=each.source)
        for each in after.statements
    )
    return QueryGrowth(
        variant=variant.name,
        served=served,
        before=before.first,
        after=after.first,
        grown=tuple(
            sorted((each for each in more if each.times > 0), key=lambda each: -each.times)
        ),
    )
