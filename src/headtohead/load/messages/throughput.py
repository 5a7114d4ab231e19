"""What a run in blocks is to do, and what it saw: values that cross the process boundary."""

from dataclasses import dataclass

from headtohead.load.messages.arm import Arm, Sample, longest_seconds


@dataclass(frozen=True, kw_only=True)
class BlockPlan:
    """Load to apply to every arm in turn, a block at a time, by users who never leave.

    Attributes:
        arms: The baseline first, then its variants.
        users: Users who send one request after another, without thinking time.
        warm_up: Requests sent to each arm and discarded before the first block.
        block_seconds: How long a block is measured, draining excluded.
        seconds: Time to spend on all blocks together, draining included.
        seed: Seed of the order of arms.
    """

    arms: tuple[Arm, ...]
    users: int
    warm_up: int
    block_seconds: float
    seconds: float
    seed: int

    @property
    def longest_seconds(self) -> float:
        """See `longest_seconds`."""
        return longest_seconds(arms=len(self.arms), warm_up=self.warm_up, seconds=self.seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A stretch of load on one arm. All times are seconds since the epoch.

    Attributes:
        round: Number of the round, which holds one block of every arm.
        arm: Index of the arm in the plan.
        started: When users were switched to the arm.
        drained: When the last request that was in flight at the switch had ended; from here on
            the block is measured, because the server now works for this arm alone.
        ended: When users were switched away.
        cpu_seconds: CPU time that the process used while it measured.
    """

    round: int
    arm: int
    started: float
    drained: float
    ended: float
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockBatch:
    """What happened since the batch before.

    Attributes:
        blocks: Blocks that ended.
        samples: Requests that ended; those in flight at a switch come in a later batch than the
            block they began in.
    """

    blocks: list[Block]
    samples: list[Sample]
