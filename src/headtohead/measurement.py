"""What was observed, and where: the record that every report is derived from."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from headtohead.caveats import Caveat
from headtohead.errors import RecordError
from headtohead.files import write_whole

SCHEMA_VERSION = 1
RECORD_NAME = "run.json"


class Mode(StrEnum):
    """How the load was applied."""

    # Request pairs, taken one after another by one user.
    LATENCY = "latency"
    # Blocks of load on one variant, put on by several users.
    THROUGHPUT = "throughput"
    # Stretches of requests to one variant that arrive at a planned rate, whatever becomes of them.
    OPEN = "open"

    @property
    def pair(self) -> str:
        """What a comparison counts: the smallest unit that holds both of its arms."""
        return "pairs" if self is Mode.LATENCY else "rounds"


class Metric(StrEnum):
    """What a comparison compares.

    `latency` is the time of paired requests, or the median response time of the open model; p50,
    p95 and p99 are percentiles of times under load.
    """

    LATENCY = "latency"
    THROUGHPUT = "throughput"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"

    @property
    def more_is_faster(self) -> bool:
        """Which way is better: more requests a second are, longer times are not."""
        return self is Metric.THROUGHPUT

    @property
    def guardrail(self) -> bool:
        """Whether it stands beside the metric that answers the question, to see that none suffers.

        An experiment has one metric that answers it.
        """
        return self not in {Metric.LATENCY, Metric.THROUGHPUT}


class Verdict(StrEnum):
    """What a comparison says, given its interval and the smallest effect that matters."""

    FASTER = "faster"
    SLOWER = "slower"
    FASTER_SIZE_UNRESOLVED = "faster, size unresolved"
    SLOWER_SIZE_UNRESOLVED = "slower, size unresolved"
    NO_DIFFERENCE = "no difference"
    INCONCLUSIVE = "inconclusive"
    INVALID = "invalid"


# What a comparison of equals must not say.
CLAIMS = frozenset(
    {
        Verdict.FASTER,
        Verdict.SLOWER,
        Verdict.FASTER_SIZE_UNRESOLVED,
        Verdict.SLOWER_SIZE_UNRESOLVED,
    }
)


@dataclass(frozen=True, kw_only=True)
class GitState:
    """The revision measured; `commit` is None outside a repository."""

    commit: str | None
    dirty: bool


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where the run took place.

    Attributes:
        cpu: Model name of the processor.
        cores: Cores this process may use.
        memory_bytes: Physical memory.
        system: Operating system and kernel.
        python: Python version of the harness and the API.
        packages: Versions of the packages that could change a result.
        servers: Versions of the servers, by name, as they report them.
        load_before: One-minute load average when the run began.
        load_after: One-minute load average when it ended.
        rows: Rows of the main table while measuring; 0 where nobody could count them.
    """

    cpu: str
    cores: int
    memory_bytes: int
    system: str
    python: str
    packages: Mapping[str, str]
    servers: Mapping[str, str]
    load_before: float
    load_after: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class LatencySummary:
    """Latencies of one variant in milliseconds.

    `quantiles` holds the 0th, 1st .. 100th percentile: enough to draw the distribution.
    """

    mean: float
    p50: float
    p95: float
    p99: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class VariantIntervals:
    """The 95 % intervals of one variant's own numbers under load, each as (low, high).

    They are as wide as the machine is unsteady: of two variants compare the ratio, not these.
    """

    throughput_rps: tuple[float, float]
    p50: tuple[float, float]
    p95: tuple[float, float]
    p99: tuple[float, float]
    error_ratio: tuple[float, float]


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
class CarryOver:
    """By what factor the other arm's request slows the next, more for the variant's than for its.

    Attributes:
        ratio: Above 1, the variant's requests suffer more.
        ci99: Its 99 % interval.
    """

    ratio: float
    ci99: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One variant against the baseline.

    Attributes:
        variant: Name of the variant.
        baseline: Name of the baseline.
        metric: What is compared.
        pairs: What the estimate rests on: request pairs, or rounds or groups of rounds.
        ratio: Variant over baseline: 0.5 is half the time, or half the requests a second.
        ci95: The 95 % interval of `ratio`; with too few pairs (0, infinity).
        margin: The smallest effect that matters, as a fraction.
        verdict: What the interval says, given the margin; where measuring could stop early, what
            `anytime_ci95` says.
        detectable: Half-width of the verdict's interval as a fraction: about the smallest effect
            that this run could have seen.
        seconds: Time spent measuring this comparison, warm-up excluded.
        stopped_early: Whether the answer was clear before the budget was spent.
        verdict_error_rate: How often the interval behind the verdict may miss. It is below 0.05
            where verdicts of several comparisons share that rate (Holm, 1979); `ci95` stays what
            it says.
        anytime_ci95: The wider interval that holds however often one looks, on which measuring
            stopped; None where it could not stop early.
        carry_over: What the arms leave behind for each other, which both intervals allow for;
            None under load.
    """

    variant: str
    baseline: str
    metric: Metric
    pairs: int
    ratio: float
    ci95: tuple[float, float]
    margin: float
    verdict: Verdict
    detectable: float
    seconds: float
    stopped_early: bool
    verdict_error_rate: float = 0.05
    anytime_ci95: tuple[float, float] | None = None
    carry_over: CarryOver | None = None


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
class ErrorDifference:
    """How much larger a variant's share of failed requests is than the baseline's.

    Attributes:
        variant: Name of the variant.
        baseline: Name of the baseline.
        difference: Between -1 and 1; 0.01 is one failure more in a hundred requests.
        ci95: Its 95 % interval.
    """

    variant: str
    baseline: str
    difference: float
    ci95: tuple[float, float]


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
    throughput_ci95: tuple[float, float]
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


@dataclass(frozen=True, kw_only=True)
class ComparedRevision:
    """A revision of the project that stood on one side.

    Attributes:
        name: What reports call it.
        commit: Full hash; of what a working tree is based on.
        changed: Whether it is a working tree that differs from its commit.
    """

    name: str
    commit: str
    changed: bool


@dataclass(frozen=True, kw_only=True)
class UntimedEndpoint:
    """An endpoint that was not timed.

    Attributes:
        path: Its path.
        reason: Why not, in a few words.
        kind: ``skipped`` where it says nothing of the revisions, ``differs`` where they part, such
            as when only one of them has it, ``failed`` where a server broke down.
    """

    path: str
    reason: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Revisions:
    """What two revisions of a project were compared.

    Attributes:
        base: The one that the other is compared with.
        head: The other one.
        rounds: How often the servers of both were started anew.
        error_rate: How often any of the verdicts may be wrong, all of them together.
        untimed: Endpoints that could not be timed.
    """

    base: ComparedRevision
    head: ComparedRevision
    rounds: int
    error_rate: float
    untimed: tuple[UntimedEndpoint, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution: what `run.json` holds.

    Attributes:
        control: The fastest experiment's baseline against itself, None where nobody asked for it.
        revisions: What the experiments compared; None where variants of one revision.
    """

    schema: int
    run_id: str
    started_at: datetime
    seconds: float
    complete: bool
    git: GitState
    environment: Environment
    experiments: tuple[ExperimentResult, ...]
    control: ExperimentResult | None = None
    revisions: Revisions | None = None

    @property
    def valid(self) -> bool:
        """Whether every experiment's numbers may be used, and no endpoint broke down."""
        untimed = self.revisions.untimed if self.revisions else ()
        return all(experiment.valid for experiment in self.experiments) and not any(
            endpoint.kind == "failed" for endpoint in untimed
        )


_converter = make_converter(detailed_validation=False)
# JSON has no infinity: a bound that does not exist is null.
_converter.register_unstructure_hook(float, lambda value: value if math.isfinite(value) else None)
_converter.register_structure_hook(
    float, lambda value, _: math.inf if value is None else float(value)
)


def to_json(record: object) -> str:
    """A record of frozen dataclasses as JSON text, ending with a newline."""
    fields = _converter.unstructure(record)
    return json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str, *, source: str) -> Run:
    """Read a record back.

    Args:
        text: What `to_json` wrote.
        source: Where it came from, for messages.

    Raises:
        RecordError: The text is no record, or of a schema this version does not know.
    """
    remedy = "give a run directory or run.json that `h2h run` wrote"
    try:
        fields: Any = json.loads(text)
    except ValueError as error:
        raise RecordError(f"{source} is not JSON ({error})", fix=remedy) from error
    schema = fields.get("schema") if isinstance(fields, dict) else None
    if not isinstance(schema, int):
        raise RecordError(f"{source} is not a headtohead record", fix=remedy)
    if schema > SCHEMA_VERSION:
        raise RecordError(
            f"{source} has schema {schema}, newer than the {SCHEMA_VERSION} this version reads",
            fix="upgrade headtohead",
        )
    try:
        return _converter.structure(fields, Run)
    except (BaseValidationError, KeyError, TypeError, ValueError) as error:
        raise RecordError(f"{source} is damaged ({error!r})", fix=remedy) from error


def write_record(run: Run, directory: Path) -> Path:
    """Write `run.json` so that a reader sees all of it or none of it.

    Returns:
        The path of the record.
    """
    path = directory / RECORD_NAME
    write_whole(to_json(run), path)
    return path


def read_record(path: Path) -> Run:
    """Read the record of a run from its directory or its `run.json`.

    Raises:
        RecordError: There is none, or it cannot be read.
    """
    record = path / RECORD_NAME if path.is_dir() else path
    try:
        text = record.read_text(encoding="utf-8")
    except OSError as error:
        raise RecordError(
            f"no record at {path} ({error.strerror})", fix="`h2h run` writes results/latest"
        ) from error
    return from_json(text, source=str(record))
