"""The record of one experiment."""

from dataclasses import dataclass

from headtohead.analysis.results import LatencySummary, Verdict
from headtohead.records.comparison import Comparison, ErrorDifference, Mode
from headtohead.records.encoding import Bounds


@dataclass(frozen=True, kw_only=True)
class Caveat:
    """A named reason to trust a number less.

    Attributes:
        code: Stable kebab-case name for machines.
        message: What was seen, as a sentence.
        advice: What to do about it, as a sentence.
        invalidates: Whether the measurement must not be used at all.
    """

    code: str
    message: str
    advice: str
    invalidates: bool


@dataclass(frozen=True, kw_only=True)
class VariantIntervals:
    """The 95 % intervals of one variant's own numbers under load, each as (low, high).

    They are as wide as the machine is unsteady: of two variants compare the ratio, not these.
    """

    throughput_rps: Bounds
    p50: Bounds
    p95: Bounds
    p99: Bounds
    error_ratio: Bounds


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """By how many milliseconds requests were sent later than planned."""

    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, kw_only=True)
class OpenModel:
    """What became of one variant's planned requests.

    Attributes:
        planned: Requests that were due.
        sent: Those of them that were sent.
        unsent: Those that were not, because all users waited for answers until arrivals were over.
        rate_planned: Planned requests a second.
        rate_achieved: Requests a second that were sent, over the time it took to send them.
        lateness_ms: How late they were sent, whoever's fault it was.
        generator_lag_ms: The part of it that was the generator's own fault.
        service_ms: Times from when requests were really sent; the response times of `latency_ms`
            count from when they were due.
    """

    planned: int
    sent: int
    unsent: int
    rate_planned: float
    rate_achieved: float
    lateness_ms: Lateness
    generator_lag_ms: Lateness
    service_ms: LatencySummary


@dataclass(frozen=True, kw_only=True)
class VariantResult:
    """What was seen of one variant.

    Attributes:
        name: The variant's name.
        requests: Measured requests, warm-up excluded.
        errors: Those of them that failed.
        latency_ms: Client-side latencies of the successful ones; in the open model response times,
            which count from when a request was due, with what is known of unsent ones.
        throughput_rps: Requests a second that all users together get, thinking time excluded.
        queries_per_request: Database queries, as the server counted them.
        db_ms_per_request: Milliseconds spent in the database.
        cache_hit_ratio: Hits over lookups; None when the variant looked nothing up.
        bytes_per_response: Mean size of the body.
        explained: Whether its server told of queries, database and cache; where it did not, their
            numbers say nothing.
        intervals: How well its numbers under load are known; None in latency mode.
        knee_users: The smallest number of users beyond which throughput hardly grows; None where
            users were not stepped up, or where it still grew at the last step.
        open_model: What became of its planned requests; None in other modes.
    """

    name: str
    requests: int
    errors: int
    latency_ms: LatencySummary
    throughput_rps: float
    queries_per_request: float
    db_ms_per_request: float
    cache_hit_ratio: float | None
    bytes_per_response: float
    explained: bool = True
    intervals: VariantIntervals | None = None
    knee_users: int | None = None
    open_model: OpenModel | None = None

    @property
    def error_ratio(self) -> float:
        """The share of requests that failed."""
        return self.errors / self.requests


@dataclass(frozen=True, kw_only=True)
class GeneratorUse:
    """How the load generator fared during an experiment.

    Attributes:
        cpu_share: Its own CPU time over the time that passed; 1 is a whole core.
        held_up_share: Part of the pairs, or of the blocks, that were held up, outside the
            application, for longer than a pair usually takes, or than a block may last.
        lag_p99_ms: By how much a pair in a hundred was held up, at least.
        lag_max_ms: By how much the one was that was held up most.
    """

    cpu_share: float
    held_up_share: float
    lag_p99_ms: float
    lag_max_ms: float


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What else became of the cores during an experiment, as shares of their time.

    Attributes:
        steal: What the hypervisor gave to other machines.
        others: What processes took that are neither the harness nor the servers; None where not
            all servers are the local stack's, so that it cannot be told.
        load: One-minute load average at the end.
    """

    steal: float
    others: float | None
    load: float


@dataclass(frozen=True, kw_only=True)
class BackgroundUse:
    """What background load did during an experiment.

    Attributes:
        scenario: The journey that its users took.
        users: How many they were.
        requests: Requests they made; 0 where their process ended.
        errors: Those that failed, and journeys that broke down.
        requests_per_second: Over the whole experiment, warm-up included.
    """

    scenario: str
    users: int
    requests: int
    errors: int
    requests_per_second: float


@dataclass(frozen=True, kw_only=True)
class StepVariant:
    """What one variant gave at one number of users.

    Attributes:
        name: The variant's name.
        throughput_rps: Requests a second of all users together.
        throughput_ci95: The 95 % interval of that.
        p50: Median latency in milliseconds.
        p99: 99th percentile of latency in milliseconds.
    """

    name: str
    throughput_rps: float
    throughput_ci95: Bounds
    p50: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """One number of users on the way up, with what every variant gave, the baseline first."""

    users: int
    variants: tuple[StepVariant, ...]


@dataclass(frozen=True, kw_only=True)
class OfferedLoad:
    """What load the open model was to apply.

    Attributes:
        rate: Requests a second, to one variant at a time.
        arrivals: How they were spaced: poisson or constant.
        stretch_seconds: For how long they arrived at a variant in every round.
    """

    rate: float
    arrivals: str
    stretch_seconds: float


@dataclass(frozen=True, kw_only=True)
class ExperimentResult:
    """The answer to one experiment.

    Attributes:
        name: The experiment's name.
        question: The question it answers.
        mode: How the load was applied.
        baseline: Name of the baseline variant.
        method: HTTP method of the request.
        path: Path and query of the request.
        pairs: Measured request pairs, or rounds, over all comparisons.
        seed: Seed of the coin flips.
        variants: The baseline first, then the variants as declared.
        comparisons: One for each variant.
        caveats: Reasons to trust the numbers less.
        users: Users who sent requests at the same time, or stood by to in the open model; of
            several steps, those of the last.
        workers: Processes that the users were spread over; 0 where the generator itself had them.
        error_differences: One for each variant in throughput mode and in the open model.
        steps: What fewer users got, and the last step again; empty where there was only one.
        generator: How the load generator fared in latency mode; None in older records.
        machine: What else became of the cores; None in older records.
        offered: The load that was planned; None where it was not, outside the open model.
        background: What ran beside it; None where nothing was to.
    """

    name: str
    question: str
    mode: Mode
    baseline: str
    method: str
    path: str
    pairs: int
    seed: int
    variants: tuple[VariantResult, ...]
    comparisons: tuple[Comparison, ...]
    caveats: tuple[Caveat, ...]
    users: int = 1
    workers: int = 0
    error_differences: tuple[ErrorDifference, ...] = ()
    steps: tuple[Step, ...] = ()
    generator: GeneratorUse | None = None
    machine: Machine | None = None
    offered: OfferedLoad | None = None
    background: BackgroundUse | None = None

    def variant(self, name: str) -> VariantResult:
        """The result of the variant of that name."""
        return next(variant for variant in self.variants if variant.name == name)

    @property
    def valid(self) -> bool:
        """Whether no caveat forbids the use of the numbers."""
        return not any(caveat.invalidates for caveat in self.caveats)

    def verdict_on(self, comparison: Comparison) -> Verdict:
        """The verdict to show: an invalid experiment has no other, whatever was judged before."""
        return comparison.verdict if self.valid else Verdict.INVALID
