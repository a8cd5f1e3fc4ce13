"""When a line reaches a limit, with an interval, or the plain answer that it does not.

The interval is that of a line's crossing (Fieller 1954): uncertain level and slope together. It
holds for as long as things go on as they do; a change of pace to come is not in it. Knows nothing
of machines or words. Pure functions; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from tml_ros.background.trend.robust_trend import Trend, quantile

YEAR_S = 365.25 * 86_400.0
WIDER = 1.3
"""Weather makes levels wander for longer than a line's residuals tell: on simulated drifts that
keep their pace the plain interval of 90 % held 8 in 10."""


class Outlook(str, Enum):
    """What can be said of the time to a limit."""

    REACHED = "reached"
    """The level is there already."""
    EXPECTED = "expected"
    NOT_WITHIN_A_YEAR = "not_within_a_year"
    AWAY = "away"
    """It moves, away from the limit."""
    NO_TREND = "no_trend"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, slots=True)
class TimeToLimit:
    """outlook; where `EXPECTED`, seconds from now and its interval at `confidence`.

    low: at the earliest, 0 or more. high: at the latest, inf where that cannot be said. Elsewhere
    all three are NaN, but where it is not within a year `low` is the earliest that it may be.
    """

    outlook: Outlook
    seconds: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    confidence: float = 0.9


def time_to_limit(
    trend: Trend | None,
    limit: float,
    *,
    now_s: float,
    below: bool = False,
    confidence: float = 0.9,
) -> TimeToLimit:
    """When the level reaches the limit.

    trend: with times in seconds on the same axis as `now_s`; None where there was too little data.
    limit: in the unit of the values; the level is to stay under it, or over it with `below`.
    Raises ValueError for a limit that is no number, or a confidence outside of 0.5 to 0.9999.
    """
    if not np.isfinite(limit) or not 0.5 <= confidence < 1:
        raise ValueError(f"limit={limit} confidence={confidence}")
    if trend is None:
        return TimeToLimit(Outlook.TOO_LITTLE_DATA, confidence=confidence)
    sign = -1.0 if below else 1.0
    if sign * (limit - trend.at(trend.last)) <= 0:
        return TimeToLimit(Outlook.REACHED, confidence=confidence)
    if not trend.steady:
        return TimeToLimit(Outlook.NO_TREND, confidence=confidence)
    if sign * trend.slope <= 0:
        return TimeToLimit(Outlook.AWAY, confidence=confidence)
    z = WIDER * quantile(confidence)
    slope, left = sign * trend.slope, sign * (limit - trend.level)
    early, late = _crossings(left, slope, z * trend.level_error, z * trend.slope_error)
    times = trend.pivot + np.array([left / slope, early, late]) - now_s
    expected, low, high = (max(float(when), 0.0) for when in times)
    if expected > YEAR_S:
        return TimeToLimit(Outlook.NOT_WITHIN_A_YEAR, low=low, confidence=confidence)
    return TimeToLimit(Outlook.EXPECTED, expected, low, high, confidence)


def _crossings(left: float, slope: float, level: float, pace: float) -> tuple[float, float]:
    """Where |left - slope t| = sqrt(level^2 + (pace t)^2): first and last t; inf where never."""
    a = slope**2 - pace**2
    b = -2 * left * slope
    c = left**2 - level**2
    inside = max(b**2 - 4 * a * c, 0.0)
    # The form that does not cancel.
    root = -0.5 * (b - np.sqrt(inside))
    other = c / root if root else 0.0
    if a <= 0:
        return max(other, 0.0), float("inf")
    both = sorted((root / a, other))
    return both[0], both[1]
