"""Whether a quantity is lastingly other than it was before a certain time, and since when.

A plain comparison of medians for a question that names the time; where in a long history changes
lie that nobody asked about is another matter. Knows nothing of machines. Pure functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.series import Series

SIGMA = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""
CLEAR = 4.0
"""Standard deviations of the time before that a shift must reach."""
LEAST_SHARE = 0.02
"""And this share of the value itself: less is nobody's concern."""
LEAST_POINTS = 5
END, BEGIN = 0.03, 0.15
"""The part of the span that counts as its end, and as its beginning where nothing is before it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """before, after: medians. stamp_ns: since when, as near as the points tell.

    clear: the difference in standard deviations of the time before, at most 99.
    """

    before: float
    after: float
    stamp_ns: int
    clear: float


def shift_in(series: Series, since_ns: int) -> Shift | None:
    """The shift between what was before `since_ns` and the end of the series; None: no clear one.

    Spread of the time before is what the quantity does by itself, daily cycles included where that
    time is long enough.
    """
    earlier = series.stamps_ns < since_ns
    values, stamps = series.mean[~earlier], series.stamps_ns[~earlier]
    before = series.mean[earlier]
    if len(values) < LEAST_POINTS:
        return None
    if len(before) < LEAST_POINTS:
        count = max(LEAST_POINTS, round(len(values) * BEGIN))
        before, values, stamps = values[:count], values[count:], stamps[count:]
        if len(values) < LEAST_POINTS:
            return None
    usual = float(np.median(before))
    spread = SIGMA * float(np.median(np.abs(before - usual)))
    end = values[-max(LEAST_POINTS, round(len(values) * END)) :]
    now = float(np.median(end))
    needed = max(CLEAR * spread, LEAST_SHARE * max(abs(usual), abs(now)))
    if needed <= 0 or abs(now - usual) < needed:
        return None
    clear = min(99.0, abs(now - usual) / spread) if spread > 0 else 99.0
    return Shift(usual, now, int(stamps[_began(values, usual, now)]), clear)


def _began(values: NDArray[np.float64], usual: float, now: float) -> int:
    """The first point of the last run that is nearer to what is now than to what was."""
    nearer = np.abs(values - now) < np.abs(values - usual)
    back = np.flatnonzero(~_smoothed(nearer))
    return min(len(values) - 1, int(back[-1]) + 1 if len(back) else 0)


def _smoothed(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Majority of three, so that a single outlier is no return."""
    padded = np.concatenate([flags[:1], flags, flags[-1:]]).astype(np.int8)
    return (padded[:-2] + padded[1:-1] + padded[2:]) >= 2
