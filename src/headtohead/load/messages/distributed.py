"""What a master, its workers and the run say to each other: values that cross process boundaries.

Between master and workers they travel as JSON text within Locust's own messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from headtohead.load.messages.throughput import BlockBatch, BlockPlan

# Holds the secret of a run for a worker that is started elsewhere, and for that run if it is set.
SECRET_VARIABLE = "H2H_WORKER_SECRET"  # noqa: S105 (its name)
# Says to a worker that the run it works for started it, here.
LOCAL = "local"
# What a run says to its master to end the plan under way early.
STOP = "stop"


class Order(StrEnum):
    """What a master tells its workers; the names are those of Locust's messages."""

    # Followed by a `WorkerShare`: let users warm up.
    PLAN = "headtohead-plan"
    # Followed by a `BlockTurn`: send users to its arm.
    SWITCH = "headtohead-switch"
    # The requests of all workers have drained: the measured part of the block begins.
    MEASURE = "headtohead-measure"
    # It ends.
    REPORT = "headtohead-report"
    # There are no more blocks: send users home.
    FINISH = "headtohead-finish"
    # Followed by the reason why this worker is not wanted.
    REFUSE = "headtohead-refuse"


class WorkerMessage(StrEnum):
    """What a worker tells its master."""

    # Followed by a `Hello`.
    HELLO = "headtohead-hello"
    # All users have warmed up.
    WAITING = "headtohead-waiting"
    # No request from before the switch is in flight.
    DRAINED = "headtohead-drained"
    # Followed by a `NumberedBatch`.
    PARCEL = "headtohead-parcel"


@dataclass(frozen=True, kw_only=True)
class Hello:
    """Why a worker is to be let in: it knows the run's secret, and is of the master's version."""

    version: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class WorkerShare:
    """One worker's part of a plan.

    Attributes:
        plan: The whole plan.
        users: How many of its users are this worker's.
    """

    plan: BlockPlan
    users: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberedBatch:
    """A worker's batch, numbered so that a missing one is missed.

    Attributes:
        number: 0, 1, 2 and so on within the plan.
        batch: Blocks by the worker's own clock, which is also that of its samples.
        total: Samples of all parcels of the plan, in the last one; otherwise None.
    """

    number: int
    batch: BlockBatch
    total: int | None


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Whom a master is to wait for, and where.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        workers: How many workers to wait for.
        seconds: How long to wait for them.
        secret: What a worker has to know, lest anybody who reaches the port gets the plan and the
            token in it, and delivers samples.
    """

    host: str
    port: int
    workers: int
    seconds: float
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class MasterListening:
    """The master waits for workers at this port."""

    port: int


@dataclass(frozen=True, kw_only=True)
class WorkerJoined:
    """A worker came, from the host of that name."""

    host: str


@dataclass(frozen=True, kw_only=True)
class WorkerRefused:
    """A worker came that cannot take part."""

    host: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WorkersAbsent:
    """Not all workers came in time."""

    joined: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A parcel of the worker of that number, counted from 0."""

    worker: int
    parcel: NumberedBatch


@dataclass(frozen=True, kw_only=True)
class WorkerLost:
    """The worker of that number, counted from 0, went silent or broke its word."""

    worker: int
    host: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Incomplete:
    """Of what the worker of that number measured, counted from 0, something never arrived."""

    worker: int
    missing: str


@dataclass(frozen=True, kw_only=True)
class BlocksDone:
    """All blocks of the plan are taken."""


# What a master says to the run that started it.
Report = (
    MasterListening
    | WorkerJoined
    | WorkerRefused
    | WorkersAbsent
    | Delivery
    | WorkerLost
    | BlocksDone
)


def shares_of(plan: BlockPlan, *, workers: int) -> list[WorkerShare]:
    """Spread the users of a plan over workers as evenly as can be."""
    fewest, more = divmod(plan.users, workers)
    return [WorkerShare(plan=plan, users=fewest + (index < more)) for index in range(workers)]


def missing_of(parcels: Sequence[NumberedBatch]) -> str:
    """What is missing of the parcels of one worker's share, or empty.

    Args:
        parcels: All that arrived, in the order they came in.
    """
    numbers = [parcel.number for parcel in parcels]
    absent = sorted(set(range(max(numbers, default=-1) + 1)) - set(numbers))
    if absent:
        return f"batch {absent[0] + 1}"
    if numbers != sorted(set(numbers)):
        return "the order of its batches"
    if not parcels or parcels[-1].total is None:
        return "its last batch"
    arrived = sum(len(parcel.batch.samples) for parcel in parcels)
    if arrived != parcels[-1].total:
        return f"{parcels[-1].total - arrived} of {parcels[-1].total} requests"
    return ""
