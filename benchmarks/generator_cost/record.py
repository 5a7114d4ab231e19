"""The record of a measurement, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from benchmarks.generator_cost.kinds import Kind, Measure
from headtohead.analysis.interval import Estimate, fixed_size_estimate
from headtohead.records.provenance import Environment, GitState


@dataclass(frozen=True, kw_only=True)
class Block:
    """A stretch of requests of one kind; every round holds one of each kind."""

    round: int
    kind: Kind
    requests: int
    seconds: float
    cpu_seconds: float

    def rate(self, measure: Measure) -> float:
        """Requests by second that passed, or by second of a core that the process used."""
        spent = self.seconds if measure is Measure.PER_SECOND else self.cpu_seconds
        return self.requests / spent


@dataclass(frozen=True, kw_only=True)
class Record:
    """One measurement: all kinds side by side in one run."""

    started_at: datetime
    git: GitState
    environment: Environment
    users: int
    block_seconds: float
    body_bytes: int
    seed: int
    blocks: tuple[Block, ...]

    def rates(self, kind: Kind, measure: Measure) -> list[float]:
        """What every round showed of a kind, in the order of rounds."""
        blocks = sorted(
            (block for block in self.blocks if block.kind is kind), key=lambda block: block.round
        )
        return [block.rate(measure) for block in blocks]

    def median(self, kind: Kind, measure: Measure) -> float:
        """The median over rounds."""
        return float(np.median(self.rates(kind, measure)))

    def ratio(self, kind: Kind, measure: Measure) -> Estimate:
        """A kind over FastHttpUser, by the log ratios of rounds."""
        baseline = np.log(self.rates(Kind.FAST, measure))
        return fixed_size_estimate(np.log(self.rates(kind, measure)) - baseline)
