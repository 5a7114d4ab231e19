"""What a comparison of micro-benchmarks found: the record that its tables are derived from."""

from dataclasses import dataclass
from datetime import datetime

from headtohead.analysis.results import Verdict
from headtohead.records.encoding import Bound, Bounds
from headtohead.records.provenance import ComparedRevision, Environment, GitState

SCHEMA_VERSION = 2
RECORD_NAME = "bench.json"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One benchmark of both revisions.

    Attributes:
        name: As pytest names it, with its file.
        pairs: Pairs of processes, one of each revision.
        base_seconds: Median over processes of each one's time of a call.
        head_seconds: The same of head.
        ratio: Head over base: 0.5 is half the time.
        ci95: The 95 % interval of `ratio`.
        margin: The smallest effect that matters, as a fraction.
        verdict: What its interval says at `alpha`.
        alpha: How often that interval may miss.
        detectable: Half-width of that interval as a fraction.
        instructions: Of a call at base and at head; None where they were not counted.
    """

    name: str
    pairs: int
    base_seconds: float
    head_seconds: float
    ratio: float
    ci95: Bounds
    margin: float
    verdict: Verdict
    alpha: float
    detectable: Bound
    instructions: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class SkippedBenchmark:
    """A benchmark that could not be compared.

    Attributes:
        name: As pytest names it.
        reason: Why, in a few words.
    """

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What `bench.json` holds.

    Attributes:
        schema: Version of this format.
        run_id: Name of its folder.
        started_at: When it began.
        seconds: How long it took.
        git: The revision of the project's folder.
        environment: Where.
        base: What head is compared with.
        head: What is compared.
        rounds: Pairs of processes that were run.
        alpha: How often any of the verdicts may be wrong, all of them together.
        benchmarks: By name.
        left_out: Those that could not be compared.
    """

    schema: int
    run_id: str
    started_at: datetime
    seconds: float
    git: GitState
    environment: Environment
    base: ComparedRevision
    head: ComparedRevision
    rounds: int
    alpha: float
    benchmarks: tuple[Benchmark, ...]
    left_out: tuple[SkippedBenchmark, ...]
