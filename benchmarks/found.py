"""What a comparison said of an endpoint, as records of many comparisons keep it."""

from dataclasses import dataclass
from enum import StrEnum

from headtohead.records.encoding import Bounds
from headtohead.records.results import ExperimentResult
from headtohead.records.run import Run


class Effect(StrEnum):
    """What a commit does to an endpoint."""

    SLOWER = "slower"
    FASTER = "faster"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was said of one endpoint.

    Attributes:
        path: The endpoint.
        verdict: In the words of reports.
        ratio: Time after the commit over time before it.
        ci95: Its interval.
        queries: Queries of a request, before and after.
    """

    path: str
    verdict: str
    ratio: float
    ci95: Bounds
    queries: tuple[float, float]

    @property
    def effect(self) -> Effect | None:
        """What is claimed of the endpoint; None for no difference, or no answer."""
        return next((each for each in Effect if self.verdict.startswith(each)), None)


def found_in(run: Run) -> tuple[Found, ...]:
    """What a run says of each endpoint."""
    return tuple(map(_found, run.experiments))


def invalidating(run: Run) -> tuple[str, ...]:
    """The caveats for which nothing of a run is to be believed, as ``endpoint: code``."""
    return tuple(
        f"{each.name}: {caveat.code}"
        for each in run.experiments
        for caveat in each.caveats
        if caveat.invalidates
    )


def _found(experiment: ExperimentResult) -> Found:
    (comparison,) = experiment.comparisons
    before, after = (each.queries_per_request for each in experiment.variants)
    return Found(
        path=experiment.path,
        verdict=comparison.verdict,
        ratio=comparison.ratio,
        ci95=comparison.ci95,
        queries=(before, after),
    )
