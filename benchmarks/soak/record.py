"""The record of load that was held for a while, and what it did to those who bore it."""

from dataclasses import dataclass
from datetime import datetime

from headtohead.records.provenance import Environment, GitState


@dataclass(frozen=True, kw_only=True)
class Step:
    """What so many users got in a short time.

    Attributes:
        users: How many there were.
        requests_per_second: What they got answered.
    """

    users: int
    requests_per_second: float


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The state at one moment.

    Attributes:
        seconds: Since the load began.
        memory: MB that each kind of process holds for itself, by its name.
        keys: Keys in the cache.
        eternal_keys: Those of them that never expire.
    """

    seconds: float
    memory: dict[str, float]
    keys: int
    eternal_keys: int


@dataclass(frozen=True, kw_only=True)
class Window:
    """What Locust says of some seconds.

    Attributes:
        seconds: Since the load began.
        p50: Median of those seconds, in ms.
        p99: 99th percentile, in ms.
    """

    seconds: float
    p50: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class Record:
    """One soak.

    Attributes:
        git: The code.
        environment: The machine.
        started_at: When the load began.
        steps: How the knee was looked for.
        users: How many users held the load.
        minutes: For how long.
        requests: Requests that were answered, or failed.
        errors: Those that failed.
        samples: The state, in the order of time.
        windows: Latency, in the order of time.
        rows_before: Rows of each table before the load.
        rows_after: Rows afterwards, and after tasks had a minute to be done.
    """

    git: GitState
    environment: Environment
    started_at: datetime
    steps: tuple[Step, ...]
    users: int
    minutes: float
    requests: int
    errors: int
    samples: tuple[Sample, ...]
    windows: tuple[Window, ...]
    rows_before: dict[str, int]
    rows_after: dict[str, int]
