"""Whether the finder of change points keeps its promise on ratios that were really measured."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from benchmarks.itself.record import Quiet
from headtohead.analysis.change_points import changes

# A project that adds a point a day looks back over a month or two.
LENGTH = 30
ORDERS = 200
_SEED = 20261127


def calibrate(series: Mapping[str, Sequence[float]]) -> tuple[Quiet, ...]:
    """Look for change points where there are none.

    Args:
        series: The ratios of each endpoint, of a commit to itself, in the order they were taken.

    Returns:
        The series as they came, which remember what the machine went through; stretches of them
        that do not overlap; and `ORDERS` draws of each endpoint in orders of chance.
    """
    random = np.random.default_rng(_SEED)
    kinds = {
        "as they came, whole": list(series.values()),
        "as they came, in stretches": list(_stretches(series)),
        "in orders of chance": [
            list(random.permutation(ratios)[:LENGTH])
            for ratios in series.values()
            for _ in range(ORDERS)
        ],
    }
    return tuple(
        Quiet(
            kind=kind,
            length=max(map(len, each)),
            series=len(each),
            flagged=sum(bool(changes(ratios)) for ratios in each),
        )
        for kind, each in kinds.items()
        if each
    )


def _stretches(series: Mapping[str, Sequence[float]]) -> Iterator[Sequence[float]]:
    for ratios in series.values():
        for start in range(0, len(ratios) - LENGTH + 1, LENGTH):
            yield ratios[start : start + LENGTH]
