"""Plans of request pairs: who is asked when."""

from dataclasses import dataclass

from headtohead.load.messages.arm import Arm, Sample, longest_seconds

# How often pairs are reported: long enough for it not to count, short enough for a live display
# and an early stop.
REPORT_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True)
class PairPlan:
    """Request pairs to take, for every variant against the baseline.

    Attributes:
        baseline: The arm the others are compared with.
        variants: The other arms.
        warm_up: Requests sent to each arm and discarded before the first pair.
        seconds: Time to spend on each comparison.
        seed: Seed of the coin flips.
    """

    baseline: Arm
    variants: tuple[Arm, ...]
    warm_up: int
    seconds: float
    seed: int

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The baseline first."""
        return (self.baseline, *self.variants)

    @property
    def longest_seconds(self) -> float:
        """See `longest_seconds`."""
        seconds = self.seconds * len(self.variants)
        return longest_seconds(arms=len(self.arms), warm_up=self.warm_up, seconds=seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two requests taken next to each other, each after a wash-out request to the same arm.

    Attributes:
        variant: Index of the variant in the plan.
        baseline_first: What the coin said.
        baseline_washout: The request that met what the one before had left behind.
        baseline_sample: The one that is compared.
        variant_washout: See `baseline_washout`.
        variant_sample: See `baseline_sample`.
        elapsed_ms: Time since the pair before it, or the warm-up, ended.
        cpu_ms: CPU time that the generator used in it.
    """

    variant: int
    baseline_first: bool
    baseline_washout: Sample
    baseline_sample: Sample
    variant_washout: Sample
    variant_sample: Sample
    elapsed_ms: float
    cpu_ms: float

    @property
    def samples(self) -> tuple[Sample, Sample, Sample, Sample]:
        """Its four requests."""
        return (
            self.baseline_washout,
            self.baseline_sample,
            self.variant_washout,
            self.variant_sample,
        )

    @property
    def failed(self) -> bool:
        """Whether any of its requests did."""
        return any(sample.error for sample in self.samples)

    @property
    def seconds(self) -> float:
        """Time its requests took."""
        return sum(sample.milliseconds for sample in self.samples) / 1000
