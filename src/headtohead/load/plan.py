"""What the load generator is to do, and what it saw: values that cross the process boundary."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct

from headtohead.experiment import Experiment, Variant

# How often pairs are reported: long enough for it not to count, short enough for a live display
# and an early stop.
REPORT_SECONDS = 0.25
# What a request may take before it fails: to connect, and until something of the answer comes.
CONNECTION_SECONDS = 5.0
NETWORK_SECONDS = 30.0

# Scheme, host and port of what serves a variant.
UrlOf = Callable[[Experiment, Variant], str]


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One side of a comparison: the full request that a variant serves.

    Attributes:
        identity: Experiment and variant, such as ``product-list/naive``.
        base_url: Scheme, host and port of what serves it.
        explains: Whether what serves it tells what a request took, and which variant it was.
        preceded_by: A request sent whenever load turns to this arm, and not measured.
    """

    identity: str
    base_url: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: str | None
    explains: bool = True
    preceded_by: "Arm | None" = None


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


class Sample(Struct, frozen=True, kw_only=True, gc=False):
    """One measured request.

    It is no dataclass because one is made for every request, in a fraction of the time.

    Attributes:
        identity: The arm it was sent to.
        started: Seconds since the epoch.
        milliseconds: From sending to the last byte of the body.
        body_bytes: Length of the body.
        checksum: CRC-32 of the body.
        server_timing: The response's `Server-Timing`, or empty.
        error: What went wrong, or empty.
    """

    identity: str
    started: float
    milliseconds: float
    body_bytes: int
    checksum: int
    server_timing: str
    error: str


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


def plan_pairs(
    experiment: Experiment,
    *,
    url_of: UrlOf,
    token: str,
    warm_up: int,
    seconds: float,
    seed: int,
) -> PairPlan:
    """The plan that answers an experiment.

    Args:
        experiment: What is compared.
        url_of: Where each variant is served.
        token: What authorises requests to be measured.
        warm_up: See `PairPlan`, as for the arguments that follow.
        seconds: See `PairPlan`.
        seed: See `PairPlan`.
    """
    baseline, *variants = arms_of(experiment, url_of=url_of, token=token)
    return PairPlan(
        baseline=baseline,
        variants=tuple(variants),
        warm_up=warm_up,
        seconds=seconds,
        seed=seed,
    )


def arms_of(experiment: Experiment, *, url_of: UrlOf, token: str) -> Iterator[Arm]:
    """The arms of an experiment, the baseline first."""
    return (
        plan_arm(experiment, variant, base_url=url_of(experiment, variant), token=token)
        for variant in experiment.all_variants
    )


def plan_arm(experiment: Experiment, variant: Variant, *, base_url: str, token: str) -> Arm:
    """The full request that one variant serves."""
    request = experiment.request_for(variant, token=token)
    return Arm(
        identity=experiment.identity(variant),
        base_url=base_url,
        method=request.method,
        path=request.path,
        headers=request.headers,
        body=request.body,
        explains=experiment.explains(variant),
    )
