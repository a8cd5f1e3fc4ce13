"""Values of one quantity over a span of time, as the history hands them out.

Knows nothing of where they are kept. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Tier(str, Enum):
    """How finely values are kept."""

    RAW = "raw"
    """Each reading by itself."""
    MINUTE = "minute"
    HOUR = "hour"
    """Of hours, or of several hours at once where an hour would still be too fine."""


def _none() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Points in order of time; a point is a reading or stands for all readings of its stretch.

    stamps_ns: int64 [n], of the reading, or the middle of the stretch. mean, low, high: float64
    [n], equal for a single reading. unit: of all of them. tier: the finest that is in it; older
    points may be of a coarser one, see `width_ns`.
    count: int64 [n], readings in a point. width_ns: int64 [n], length of its stretch, 0 for a
    reading. epoch: of the clock, the newest in it. left_out: other epochs that have values within
    the asked span and are not in it. breaks: indexes at which values of a later epoch begin, where
    epochs were asked to be joined.
    """

    stamps_ns: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    unit: str = ""
    tier: Tier = Tier.RAW
    count: NDArray[np.int64] = field(default_factory=_none)
    width_ns: NDArray[np.int64] = field(default_factory=_none)
    epoch: int = 0
    left_out: tuple[int, ...] = ()
    breaks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Where counts and widths are not given, the points are single readings."""
        points = len(self.stamps_ns)
        if len(self.count) != points:
            object.__setattr__(self, "count", np.ones(points, np.int64))
        if len(self.width_ns) != points:
            object.__setattr__(self, "width_ns", np.zeros(points, np.int64))

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.stamps_ns)
