"""Who goes next: comparisons and the coin flips within their pairs, or blocks of every arm."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A pair to take: which variant against the baseline, and which of the two goes first."""

    variant: int
    baseline_first: bool


# Long enough for hundreds of cheap requests, short enough for drift to fall on all comparisons.
STRETCH_SECONDS = 0.25


class PairSchedule:
    """A stretch of turns for every comparison in random order, round after round.

    Within a round each comparison that is still open has one stretch, so that whatever the machine
    does meanwhile falls on all of them alike. A comparison closes when its time is spent or when it
    is settled.

    Comparisons do not alternate from pair to pair: the baseline, being part of all of them, would
    be asked more often than any variant and answer from warmer caches: of servers that were the
    same, the variants' seemed slower.

    Args:
        variants: Number of variants.
        seconds: Time each comparison may take.
        seed: Seed of every random choice made here.
    """

    def __init__(self, *, variants: int, seconds: float, seed: int) -> None:
        self._remaining = dict.fromkeys(range(variants), seconds)
        self._stretch = 0.0
        self._random = Random(seed)  # noqa: S311 (an experiment's design, not a secret)

    def __iter__(self) -> Iterator[Turn]:
        while self._remaining:
            round_ = list(self._remaining)
            self._random.shuffle(round_)
            for variant in round_:
                self._stretch = STRETCH_SECONDS
                while variant in self._remaining and self._stretch > 0:
                    yield Turn(variant=variant, baseline_first=self._random.random() < 0.5)

    def spend(self, *, variant: int, seconds: float) -> None:
        """Book the time a pair took; the comparison closes when none is left."""
        self._stretch -= seconds
        if variant in self._remaining:
            self._remaining[variant] -= seconds
            if self._remaining[variant] <= 0:
                self.close(variant)

    def close(self, variant: int) -> None:
        """Give this comparison no further turn."""
        self._remaining.pop(variant, None)


@dataclass(frozen=True, kw_only=True)
class BlockTurn:
    """A block to take: in which round, and of which arm."""

    round: int
    arm: int


class BlockSchedule:
    """A block of every arm in random order, round after round, until the time is spent.

    Whole rounds only: every round holds each arm once, so that drift of the machine falls on all
    of them alike, and no arm has more blocks than another.

    Args:
        arms: Number of arms.
        seconds: Time for all blocks together.
        seed: Seed of the order.
    """

    def __init__(self, *, arms: int, seconds: float, seed: int) -> None:
        self._arms = arms
        self._seconds = seconds
        self._spent = 0.0
        self._random = Random(seed)  # noqa: S311 (an experiment's design, not a secret)

    def __iter__(self) -> Iterator[BlockTurn]:
        for number in count():
            mean_round = self._spent / max(number, 1)
            if self._spent + mean_round > self._seconds:
                return
            arms = list(range(self._arms))
            self._random.shuffle(arms)
            yield from (BlockTurn(round=number, arm=arm) for arm in arms)

    def spend(self, seconds: float) -> None:
        """Book the time a block took, from switch to switch."""
        self._spent += seconds
