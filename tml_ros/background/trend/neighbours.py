"""One sensor against others that measure the same: weather, load and wear are in all of them.

What is left of a sensor without the median of its neighbours moves only when a sensor moves. With
one neighbour nobody can say which of the two it is; with more, the neighbours are watched among
themselves as well. Neighbours are sensors of the same place and kind; the same kind on another
machine is none. Bounded memory. Owned by the thread that hands it the readings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np

from tml_ros.background.trend.even_series import HOUR_NS, Points, Readings, even_series, in_order
from tml_ros.background.trend.sensor_screen import Fault, SensorFault
from tml_ros.background.trend.series_watch import SeriesWatch, Shift

MOST = 16


class NeighbourWatch:
    """Watches one sensor against its neighbours; `add` what all of them show at one time."""

    def __init__(self, neighbours: int, unit: str = "", *, calm: float = 1.0) -> None:
        """neighbours: how many, 1 to 16. calm: as of a `SeriesWatch`.

        Raises ValueError for another number.
        """
        if not 1 <= neighbours <= MOST:
            raise ValueError(f"{neighbours} neighbours, not 1 to {MOST}")
        self._unit = unit
        self._own = SeriesWatch(unit, calm=calm, screened=False)
        self._others = [SeriesWatch(unit, calm=calm, screened=False) for _ in range(neighbours)]
        self.fault: SensorFault | None = None

    def reset(self) -> None:
        """Forget everything."""
        for watch in (self._own, *self._others):
            watch.reset()
        self.fault = None

    def add(self, stamp_ns: int, value: float, others: Sequence[float]) -> SensorFault | None:
        """Returns a drift of this sensor where one begins.

        others: of the neighbours at the same time, NaN where one shows nothing.
        Raises ValueError where they are not as many as was said.
        """
        if len(others) != len(self._others):
            raise ValueError(f"{len(others)} neighbours, not {len(self._others)}")
        everyone = [value, *others]
        for place, watch in enumerate(self._others, start=1):
            if len(others) > 1:
                watch.add(stamp_ns, _apart(everyone, place))
        begun = self._own.add(stamp_ns, _apart(everyone, 0))
        if self._own.shift is None:
            self.fault = None
        shift = next((found for found in begun if isinstance(found, Shift)), None)
        if shift is None:
            return None
        by = abs(shift.by)
        # Where a neighbour itself moves, all others move against it, but less.
        if len(others) > 1 and any(abs(watch.off) > by for watch in self._others):
            return None
        text = f"has moved by {by:.3g} {self._unit}".rstrip() + " against its neighbours"
        if len(others) == 1:
            text += ", unless its only neighbour has moved"
        self.fault = SensorFault(Fault.DRIFT, shift.since_ns, shift.stamp_ns, text, shift.by)
        return self.fault


def apart(series: Points, neighbours: Sequence[Points]) -> Readings:
    """Hour by hour, a sensor less the median of those neighbours that show something."""
    own = even_series(series, step_ns=HOUR_NS)
    hours = [even_series(neighbour, step_ns=HOUR_NS) for neighbour in neighbours]
    values = []
    for place, value in enumerate(own.values):
        everyone = [float(value)]
        for other in hours:
            at = place + (own.start_ns - other.start_ns) // HOUR_NS
            everyone.append(float(other.values[at]) if 0 <= at < len(other.values) else math.nan)
        values.append(_apart(everyone, 0))
    return in_order(Readings(own.middle_ns, np.array(values, np.float64)))


def _apart(everyone: Sequence[float], place: int) -> float:
    rest = [value for at, value in enumerate(everyone) if at != place and math.isfinite(value)]
    return everyone[place] - median(rest) if rest else math.nan
