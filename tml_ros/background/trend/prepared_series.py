"""A series made ready to be judged: at work only, without the cycle of the day, in equal parts.

Knows nothing of what is judged. Pure; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tml_ros.background.trend.daily_cycle import without_daily_cycle
from tml_ros.background.trend.even_series import (
    DAY_NS,
    HOUR_NS,
    SECOND_NS,
    EvenSeries,
    Floats,
    Points,
    even_series,
    fitting_step_ns,
    in_order,
)
from tml_ros.background.trend.robust_trend import LEAST
from tml_ros.background.trend.work_hours import at_work, rest_limit

SETTLE_S = 4 * 3_600.0
"""After a rest a machine warms up."""
_STRETCHES, _PARTS = 2_000, 96
_MOST_DAYS = 240


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A series ready for a line or for change points.

    even: on a grid, with `values` as they are. clean: at work only and without the daily cycle.
    swing: of the cycle that was taken out. times_s, levels: medians of equal parts, at least a day
    each where there are enough days; seconds since the grid began.
    """

    even: EvenSeries
    clean: Floats
    swing: float
    times_s: Floats
    levels: Floats

    @property
    def span_s(self) -> float:
        """How much time the series covers."""
        return len(self.even.values) * self.even.step_ns / SECOND_NS


def prepare(points: Points) -> Prepared:
    """Put in order, on a grid, at work only, without the daily cycle, in parts.

    Raises ValueError where stamps and values are not equally many.
    """
    readings = in_order(points)
    if len(readings.mean) < 2:
        empty = np.zeros(0)
        even = even_series(readings, step_ns=SECOND_NS)
        return Prepared(even, even.values, 0.0, empty, empty)
    even = even_series(readings, step_ns=fitting_step_ns(readings, stretches=_STRETCHES))
    values = even.values
    if len(values) * even.step_ns >= DAY_NS and even.step_ns <= 6 * HOUR_NS:
        settle = max(round(SETTLE_S * SECOND_NS / even.step_ns), 1)
        values = np.where(at_work(values, rest_limit(values), settle=settle), values, np.nan)
    clean, swing = without_daily_cycle(EvenSeries(even.start_ns, even.step_ns, values))
    times_s, levels = _parts(even, clean)
    return Prepared(even, clean, swing, times_s, levels)


def _parts(even: EvenSeries, clean: Floats) -> tuple[Floats, Floats]:
    """Medians of whole days, of several days, or of equal parts of a short span."""
    days = len(clean) * even.step_ns / DAY_NS
    if days >= 2 * LEAST:
        length = -(-int(np.ceil(days)) // _MOST_DAYS) * DAY_NS
    else:
        length = max(-(-len(clean) // _PARTS), 1) * even.step_ns
    part = (even.middle_ns // length).astype(np.int64)
    each = np.flatnonzero(np.diff(part)) + 1
    times, levels = [], []
    for values, stamps in zip(np.split(clean, each), np.split(even.middle_ns, each), strict=True):
        finite = np.isfinite(values)
        if np.count_nonzero(finite) >= max(1, 0.15 * length / even.step_ns):
            times.append(float(np.mean(stamps[finite] - even.start_ns)) / SECOND_NS)
            levels.append(float(np.median(values[finite])))
    return np.array(times), np.array(levels)
