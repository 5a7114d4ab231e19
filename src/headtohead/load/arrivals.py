"""When the requests of an open model arrive: planned ahead, whatever the server then does."""

from enum import StrEnum
from random import Random


class Arrivals(StrEnum):
    """How arrivals are spaced."""

    # At random and independently of each other, as those of many users are; they come in bunches.
    POISSON = "poisson"
    # Evenly.
    CONSTANT = "constant"


def arrival_offsets(
    kind: Arrivals, *, rate: float, seconds: float, seed: int, round_number: int
) -> list[float]:
    """When the requests of a stretch are due, in ascending order: seconds from its beginning.

    Every arm of a round gets the same arrivals (common random numbers), so that a bunch of them
    does not fall on one arm alone. Another round gets others.

    Args:
        kind: How they are spaced.
        rate: Arrivals a second, on average.
        seconds: Length of the stretch; at least one arrival should be expected in it.
        seed: Seed of the run.
        round_number: Number of the round.

    Returns:
        At least one offset, all of them in [0, `seconds`).
    """
    if kind is Arrivals.CONSTANT:
        return [
            due for index in range(int(rate * seconds) + 1) if (due := index / rate) < seconds
        ] or [0.0]
    random = Random(f"{seed} {round_number}")  # noqa: S311 (an experiment's design, not a secret)
    while True:
        offsets = []
        due = random.expovariate(rate)
        while due < seconds:
            offsets.append(due)
            due += random.expovariate(rate)
        # A stretch without a request would compare nothing, and is rare where several are expected.
        if offsets:
            return offsets
