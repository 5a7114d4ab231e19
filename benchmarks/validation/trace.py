"""A recorded stretch of request pairs: what every rule is judged on."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headtohead.analysis.carry_over import carry_over
from headtohead.analysis.interval import BoolArray, Estimate, FloatArray, log_ratios
from headtohead.host.files import whole

# Times are kept as whole multiples of 0.1 microseconds, far below what a clock read costs.
_TICKS_PER_MS = 10_000
_TIMES = (
    "baseline_ms",
    "variant_ms",
    "baseline_washout_ms",
    "variant_washout_ms",
    "baseline_server_ms",
    "variant_server_ms",
    "delay_ms",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """One trial: pairs in the order they were taken, all arrays of one length.

    Attributes:
        scenario: Name of the scenario it belongs to.
        index: Number of the trial within its scenario.
        started_at: When it began, in seconds since the epoch.
        busy_share: Share of the cores that other processes used just before.
        baseline_first: What the coin said.
        baseline_ms: Client-side latency of the baseline.
        variant_ms: Client-side latency of the variant.
        baseline_washout_ms: Client-side latency of the request before, to the same arm.
        variant_washout_ms: The same of the variant.
        baseline_server_ms: Time the server says the baseline took, up to its last byte.
        variant_server_ms: The same of the variant, its delay included.
        delay_ms: Time the server says the variant's delay took, beyond what the baseline's
            delay of nothing takes; 0 where there is none.
    """

    scenario: str
    index: int
    started_at: float
    busy_share: float
    baseline_first: BoolArray
    baseline_ms: FloatArray
    variant_ms: FloatArray
    baseline_washout_ms: FloatArray
    variant_washout_ms: FloatArray
    baseline_server_ms: FloatArray
    variant_server_ms: FloatArray
    delay_ms: FloatArray

    def __len__(self) -> int:
        return len(self.baseline_ms)

    @property
    def log_ratios(self) -> FloatArray:
        """The log of variant over baseline, pair by pair."""
        return log_ratios(baseline_ms=self.baseline_ms, variant_ms=self.variant_ms)

    @property
    def carry_over(self) -> Estimate:
        """What the arms leave behind for each other."""
        return carry_over(
            baseline_first=self.baseline_first,
            baseline_washed=np.log(self.baseline_washout_ms / self.baseline_ms),
            variant_washed=np.log(self.variant_washout_ms / self.variant_ms),
        )

    @property
    def elapsed(self) -> FloatArray:
        """Seconds that requests had taken when each pair ended, as `h2h run` counts its budget."""
        seconds: FloatArray = (
            np.cumsum(
                self.baseline_washout_ms
                + self.baseline_ms
                + self.variant_washout_ms
                + self.variant_ms
            )
            / 1000
        )
        return seconds

    @property
    def seconds(self) -> float:
        """Seconds its requests took."""
        return float(self.elapsed[-1])

    @property
    def added_server_ms(self) -> FloatArray:
        """How much longer the server says the variant took than the baseline, pair by pair."""
        added: FloatArray = self.variant_server_ms - self.baseline_server_ms
        return added

    def true_median_ratio(self, added_ms: float) -> float:
        """The effect on the median pair: by how much it falls when what was added is taken off.

        Args:
            added_ms: What the variant really adds to the server's time; see `added_server_ms`.
        """
        left = self._left_without(added_ms)
        equals = log_ratios(baseline_ms=self.baseline_ms, variant_ms=left)
        return float(np.exp(np.median(self.log_ratios) - np.median(equals)))

    def true_mean_ratio(self, added_ms: float) -> float:
        """The effect on the mean request, by the server's clock; see `true_median_ratio`."""
        return float(self.variant_ms.mean() / self._left_without(added_ms).mean())

    def _left_without(self, added_ms: float) -> FloatArray:
        """What the variant's requests would have taken without what was added to them.

        No more can be taken off one than the server took for it: on a busy machine more may be
        added to a typical request than another one takes.
        """
        left: FloatArray = self.variant_ms - np.minimum(added_ms, self.variant_server_ms)
        return left

    def until(self, seconds: float) -> "Trace":
        """What had been recorded after so many seconds of requests, at least one pair."""
        pairs = max(1, int(np.searchsorted(self.elapsed, seconds, side="right")))
        times = {name: getattr(self, name)[:pairs] for name in _TIMES}
        return replace(self, baseline_first=self.baseline_first[:pairs], **times)


def write_trace(trace: Trace, path: Path) -> None:
    """Write a trace so that a reader sees all of it or none of it."""
    about = {
        "scenario": trace.scenario,
        "index": trace.index,
        "started_at": trace.started_at,
        "busy_share": trace.busy_share,
    }
    ticks = {
        name: np.rint(getattr(trace, name) * _TICKS_PER_MS).astype(np.int32) for name in _TIMES
    }
    with whole(path) as file:
        np.savez_compressed(
            file, about=np.array(json.dumps(about)), baseline_first=trace.baseline_first, **ticks
        )


def read_trace(path: Path) -> Trace:
    """Read what `write_trace` wrote."""
    with np.load(path) as kept:
        times = {name: kept[name] / _TICKS_PER_MS for name in _TIMES}
        return Trace(
            **json.loads(str(kept["about"])), baseline_first=kept["baseline_first"], **times
        )


def read_started_at(path: Path) -> float:
    """When a kept trace began, without reading all of it."""
    with np.load(path) as kept:
        return float(json.loads(str(kept["about"]))["started_at"])
