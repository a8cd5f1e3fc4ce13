"""What a process takes of its machine, again and again, and whether that grows.

Knows nothing of what the process does, and reads no clock. Owned by whoever samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

KEPT = 4_096
"""Samples of one process at most; then every other is let go."""
WARMING_SHARE = 0.25
"""Of a process's samples, the first: caches fill, and that is no growth."""


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """One process at one moment. resident: bytes of memory that are its own or shared."""

    resident: int
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True)
class Growth:
    """A figure over time: its first and last, its most, and by how much it grows in an hour.

    halfway: what it was in the middle of that time.
    """

    first: float
    last: float
    most: float
    per_hour: float
    halfway: float


def process_figures(pid: int) -> ProcessFigures | None:
    """How a process fares; None where it is gone or not ours to look at."""
    place = Path("/proc", str(pid))
    try:
        status = (place / "status").read_text(encoding="ascii", errors="replace")
        descriptors = sum(1 for _ in (place / "fd").iterdir())
    except OSError:
        return None
    told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    if "VmRSS" not in told or "Threads" not in told:
        # A zombie has neither.
        return None
    return ProcessFigures(int(told["VmRSS"].split()[0]) * 1024, descriptors, int(told["Threads"]))


class Series:
    """One figure over time, thinned out rather than without bound."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._values: list[float] = []
        self._every = 1
        self._skipped = 0

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._times)

    def add(self, at_ns: int, value: float) -> None:
        """One more, later than those before."""
        self._skipped += 1
        if self._skipped < self._every:
            return
        self._skipped = 0
        self._times.append(at_ns)
        self._values.append(value)
        if len(self._times) >= KEPT:
            self._times, self._values = self._times[::2], self._values[::2]
            self._every *= 2

    def growth(self) -> Growth | None:
        """None where there are too few; without the first quarter, in which all warms up."""
        begin = round(len(self._times) * WARMING_SHARE)
        times, values = self._times[begin:], self._values[begin:]
        if len(times) < 2:
            return None
        # Of all, warming up included: half of what was done to the process was done by then.
        halfway = self._values[len(self._values) // 2]
        return Growth(values[0], values[-1], max(values), slope_per_hour(times, values), halfway)


def slope_per_hour(times_ns: Sequence[int], values: Sequence[float]) -> float:
    """By least squares; 0 where no time passes."""
    hours = (np.asarray(times_ns, np.float64) - times_ns[0]) / 3.6e12
    hours -= hours.mean()
    spread = float((hours**2).sum())
    heights = np.asarray(values, np.float64)
    return float((hours * (heights - heights.mean())).sum() / spread) if spread > 0 else 0.0
