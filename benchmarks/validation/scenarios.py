"""What is tried: equals beside all kinds of neighbours, and effects of known size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from benchmarks.validation.injected_delay import DelayKind
from headtohead.errors import ConfigurationError


class Neighbour(StrEnum):
    """Who else uses the machine meanwhile."""

    NONE = "none"
    # A process that never rests.
    BUSY = "busy"
    # A process that works and rests for random stretches of about a quarter of a second.
    BURSTY = "bursty"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of trial.

    Attributes:
        name: Kebab-case name.
        meaning: What is tried, for reports.
        neighbour: Who else uses the machine.
        delay: How the variant is slowed down; None for equals.
        percent: By how much, in per cent of the endpoint's median latency.
        stretch: How many times the usual length a trial takes.
        carry_over: Whether a heavy request goes before each request of the variant.
    """

    name: str
    meaning: str
    neighbour: Neighbour = Neighbour.NONE
    delay: DelayKind | None = None
    percent: float = 0.0
    stretch: int = 1
    carry_over: bool = False


def _effect(kind: DelayKind, percent: int, *, stretch: int = 1) -> Scenario:
    return Scenario(
        name=f"{kind}-{percent}",
        meaning=f"the variant {'works' if kind is DelayKind.BUSY else 'sleeps'} {percent} % longer",
        delay=kind,
        percent=percent,
        stretch=stretch,
    )


# The smaller an effect, the longer one looks for it; goals give 1, 2 and 5 % a limit of their own.
_STRETCHES = {1: 6, 2: 3, 5: 3}

SCENARIOS = (
    Scenario(name="aa-quiet", meaning="equals, nothing beside"),
    Scenario(name="aa-busy-core", meaning="equals, one core busy", neighbour=Neighbour.BUSY),
    Scenario(name="aa-bursty", meaning="equals, a bursty neighbour", neighbour=Neighbour.BURSTY),
    *(
        _effect(kind, percent, stretch=_STRETCHES.get(percent, 1))
        for kind in DelayKind
        for percent in (1, 2, 3, 5, 10)
    ),
    Scenario(
        name="carry-over",
        meaning="equals, a heavy request before each of the variant's",
        carry_over=True,
    ),
)
QUICK_SCENARIOS = ("aa-quiet", "aa-bursty", "busy-10")


def select_scenarios(names: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios of those names, all of them when none is given.

    Raises:
        ConfigurationError: There is no scenario of a name.
    """
    known = {scenario.name: scenario for scenario in SCENARIOS}
    for name in names:
        if name not in known:
            raise ConfigurationError(
                f"no scenario {name!r}", fix=f"give --scenario one of {', '.join(known)}"
            )
    return tuple(known[name] for name in dict.fromkeys(names)) or SCENARIOS


def planned_trials(
    scenarios: Sequence[Scenario], *, runs: int, seed: int
) -> Iterator[tuple[Scenario, int]]:
    """Every trial to take, as scenario and number.

    Each round takes every scenario once in random order, so that a drift of the machine hits all of
    them alike. The order of a round depends on the seed alone, not on what was taken before.
    """
    for index in range(runs):
        round_ = list(scenarios)
        Random(f"{seed}/{index}").shuffle(round_)  # noqa: S311 (a design, not a secret)
        yield from ((scenario, index) for scenario in round_)


def trial_seed(scenario: Scenario, *, index: int, seed: int) -> int:
    """A seed of its own for each trial, so that no two flip the same coins."""
    return Random(f"{seed}/{scenario.name}/{index}").getrandbits(32)  # noqa: S311 (no secret)
