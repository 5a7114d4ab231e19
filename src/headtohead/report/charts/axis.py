"""Scales from values to positions, with ticks at round numbers that never crowd."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Share of the width kept free at each end, so that the label of a tick at the edge fits.
INSET = 0.06
# Least distance between two ticks as a share of the width: the width of a label at 400 px.
TICK_DISTANCE = 0.15

# Digits of ticks on a logarithmic axis; on a narrow one round steps serve better.
_MANTISSAS = ((1, 2, 5), (1, 3), (1, 1.5, 2, 3, 5, 7))
_NARROW = 3
# Round multiples, of a power of ten on a linear axis and of a decade on a logarithmic one.
_STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A horizontal scale.

    Attributes:
        low: The least value shown.
        high: The greatest value shown.
        logarithmic: Whether equal distances are equal ratios; needs `low` > 0.
    """

    low: float
    high: float
    logarithmic: bool

    def positions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values lie, as shares of the whole width."""
        low, high = self._scaled(np.array([self.low, self.high]))
        shares: NDArray[np.float64] = (self._scaled(values) - low) / (high - low)
        return INSET + (1 - 2 * INSET) * shares

    def position(self, value: float) -> float:
        """Where one value lies, held to the ends of the axis."""
        held = min(max(value, self.low), self.high)
        return float(self.positions(np.array([held]))[0])

    @property
    def ticks(self) -> tuple[float, ...]:
        """Values to label, in ascending order: as many round numbers as find room."""
        roomy = [ticks for ticks in self._tick_candidates() if self._has_room(ticks)]
        return max(roomy, key=len)

    def _scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log(values) if self.logarithmic else values

    def _has_room(self, ticks: tuple[float, ...]) -> bool:
        return bool(np.all(np.diff(self.positions(np.array(ticks))) >= TICK_DISTANCE))

    def _tick_candidates(self) -> Iterator[tuple[float, ...]]:
        if self.logarithmic:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            for mantissas in _MANTISSAS:
                yield self._visible(m * 10.0**e for e in range(first, last + 1) for m in mantissas)
            for stride in _STEPS:
                yield self._visible(10.0**e for e in range(first, last + 1) if e % stride == 0)
        if not self.logarithmic or self.high < _NARROW * self.low:
            magnitude = math.floor(math.log10(self.high - self.low))
            for step in (s * 10.0**e for e in (magnitude - 1, magnitude) for s in _STEPS):
                first, last = math.ceil(self.low / step), math.floor(self.high / step)
                yield self._visible(step * n for n in range(first, last + 1))

    def _visible(self, values: Iterable[float]) -> tuple[float, ...]:
        # Rounding drops the tail of binary fractions: 3 * 0.1 is 0.30000000000000004.
        rounded = (float(f"{value:.12g}") for value in values)
        return tuple(value for value in rounded if self.low <= value <= self.high)
