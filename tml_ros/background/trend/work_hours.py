"""When a machine works and when it rests, told from the level of a quantity alone.

A machine that stands still at night and at weekends is two machines to a trend: only the hours at
work are compared. Told apart by the two levels that a quantity keeps going back to (threshold after
Otsu 1979). Knows nothing of calendars. Pure functions; any thread.
"""

from __future__ import annotations

import numpy as np

from tml_ros.background.trend.even_series import Floats, Mask, spread

APART = 3.0
"""So many times the wider spread lie the two levels apart."""
BETWEEN = 0.03
"""At most this part of the values lies in the emptiest quarter of the way between them."""
SHARE = 0.04
"""The rarer level has at least this part of the values."""
CROSSINGS = 4
"""Changes between them; a level that changed once and stayed is no rest."""
_LEAST = 48


def rest_limit(values: Floats) -> float:
    """Below it the machine rests; -inf where there is no second level, or too little is known."""
    found = values[np.isfinite(values)]
    count = len(found)
    if count < _LEAST:
        return -np.inf
    ordered = np.sort(found)
    # Single wrong values must not pass for a level.
    edge = count // 200
    ordered = np.clip(ordered, ordered[edge], ordered[count - 1 - edge])
    below = np.arange(1, count)
    total = np.cumsum(ordered)
    far = (total[-1] - total[:-1]) / (count - below) - total[:-1] / below
    cut = int(np.argmax(below * (count - below) * far**2)) + 1
    low, high = ordered[:cut], ordered[cut:]
    if min(len(low), len(high)) < SHARE * count:
        return -np.inf
    centres = float(np.median(low)), float(np.median(high))
    wide = max(spread(low), spread(high))
    if centres[1] - centres[0] < APART * wide or centres[0] == centres[1]:
        return -np.inf
    gap = (centres[1] - centres[0]) / 4
    limits = np.linspace(centres[0] + gap / 2, centres[1] - gap / 2, 25)
    within = np.searchsorted(ordered, limits + gap / 2) - np.searchsorted(ordered, limits - gap / 2)
    emptiest = int(np.argmin(within))
    if within[emptiest] > BETWEEN * count:
        return -np.inf
    limit = float(limits[emptiest])
    # What hangs about the limit, or crosses it for a moment, has not changed sides.
    steady = np.median(np.lib.stride_tricks.sliding_window_view(found, 7), axis=1)
    sides = np.where(steady > limit + gap / 2, 1, np.where(steady < limit - gap / 2, -1, 0))
    if np.count_nonzero(np.diff(sides[sides != 0])) < CROSSINGS:
        return -np.inf
    return limit


def at_work(values: Floats, limit: float, *, settle: int) -> Mask:
    """Which values are above the limit, and have been for `settle` values after a rest.

    False where there is no value.
    """
    finite = np.isfinite(values)
    rests = finite & ~(values > limit)
    settling = rests.copy()
    for late in range(1, settle + 1):
        settling[late:] |= rests[:-late]
    return np.asarray(finite & ~settling)
