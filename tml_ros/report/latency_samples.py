"""Latencies of a run of any length in bounded memory.

Deterministic: when full, every second sample goes and from then on only every second one comes.
Count, least and greatest stay exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

CAPACITY = 4_096


class LatencySamples:
    """Milliseconds, thinned evenly over the run. One thread owns it."""

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        """Start empty. Raises ValueError for a capacity below 2."""
        if capacity < 2:
            raise ValueError(f"capacity must be at least 2, got {capacity}")
        self._capacity = capacity
        self._stride = 1
        self._kept: list[float] = []
        self.count = 0
        self.least = math.inf
        self.greatest = -math.inf

    def add(self, milliseconds: float) -> None:
        """Take in one sample. Raises ValueError where it is not finite."""
        if not math.isfinite(milliseconds):
            raise ValueError(f"a latency must be finite, got {milliseconds!r}")
        self.least = min(self.least, milliseconds)
        self.greatest = max(self.greatest, milliseconds)
        if self.count % self._stride == 0:
            if len(self._kept) == self._capacity:
                del self._kept[1::2]
                self._stride *= 2
            if self.count % self._stride == 0:
                self._kept.append(milliseconds)
        self.count += 1

    @property
    def kept(self) -> Sequence[float]:
        """The samples still held, in order of arrival."""
        return tuple(self._kept)

    def percentile(self, percent: float) -> float | None:
        """The value that `percent` % of the kept samples do not exceed; None without samples."""
        if not self._kept:
            return None
        return float(np.percentile(self._kept, percent, method="inverted_cdf"))

    def summary(self) -> dict[str, float | int | None]:
        """count, p50, p95 and max, in ms rounded to 0.01; None where there is no sample."""
        if not self.count:
            return {"count": 0, "p50": None, "p95": None, "max": None}
        return {
            "count": self.count,
            "p50": round(self.percentile(50) or 0.0, 2),
            "p95": round(self.percentile(95) or 0.0, 2),
            "max": round(self.greatest, 2),
        }
