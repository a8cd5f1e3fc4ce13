"""How often which latency came, in bins of a round width.

Geometry only; the template draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tml_ros.report.latency_samples import LatencySamples

_MOST_BINS = 30
_ROUND = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples in [low, high) ms. share: of the fullest bin, 0..1."""

    low: float
    high: float
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins from 0 or below to the greatest sample; p50 and p95 in ms."""

    name: str
    bins: tuple[Bin, ...]
    count: int
    p50: float
    p95: float
    greatest: float

    def at(self, milliseconds: float) -> float:
        """Where on the axis a value lies, in percent."""
        low, high = self.bins[0].low, self.bins[-1].high
        return round(100 * (milliseconds - low) / (high - low), 3)


def histogram_of(name: str, samples: LatencySamples) -> Histogram | None:
    """The histogram of the kept samples; None where there are none.

    The axis begins at 0 (or at the least sample, where clocks disagree and it is negative).
    """
    kept = samples.kept
    if not kept:
        return None
    width = _bin_width(kept)
    first = min(0, int(np.floor(min(kept) / width)))
    last = max(first + 5, int(np.floor(max(kept) / width)) + 1)
    edges = np.arange(first, last + 1) * width
    counts = np.histogram(kept, edges)[0]
    most = int(counts.max())
    bins = tuple(
        Bin(float(low), float(high), int(count), int(count) / most)
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    )
    return Histogram(
        name,
        bins,
        samples.count,
        samples.percentile(50) or 0.0,
        samples.percentile(95) or 0.0,
        samples.greatest,
    )


def _bin_width(kept: Sequence[float]) -> float:
    """The least width of 1, 2 or 5 times a power of ten with which the bins suffice."""
    reach = max(0.0, *kept) - min(0.0, *kept)
    power = 1.0
    while True:
        for factor in _ROUND:
            if reach / (factor * power) < _MOST_BINS:
                return factor * power
        power *= 10
