"""A line through values that may be wrong one by one and hang together, with an honest interval.

Slope: median of the slopes of all pairs (Theil 1950, Sen 1968); up to 29 % of the values may be
wrong. Interval: Sen's, from the order of those slopes and Kendall's statistic, whose variance is
widened for values that follow one another (Yue and Wang 2004, first-order). Window:
what follows the last place at which two lines fit clearly better than one (a break of level or of
pace, Quandt 1960), so that healthy months before a drift do not flatten it. Knows nothing of limits
or machines. Pure functions; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from tml_ros.background.trend.even_series import Floats, spread

LEAST = 8
"""Values that a line needs."""
MOST = 256
"""Values that are looked at at once; every pair is."""
BREAK = 18.0
"""By how much two lines must raise the log-likelihood ratio: three more parameters, any place."""
_TOUCH = 6
_BREAKS = 3


@dataclass(frozen=True, slots=True)
class Trend:
    """A line over the window [first, last] of times.

    slope, low, high: per unit of time, at `confidence`. pivot: time at which the level is best
    known; level: there; level_error: its standard error. noise: spread about the line.
    points: values used; effective: how many independent ones they are worth.
    steady: whether the interval excludes 0.
    """

    slope: float
    low: float
    high: float
    confidence: float
    pivot: float
    level: float
    level_error: float
    noise: float
    first: float
    last: float
    points: int
    effective: float

    @property
    def steady(self) -> bool:
        """Whether it rises or falls at all, at this confidence."""
        return self.low > 0 or self.high < 0

    @property
    def slope_error(self) -> float:
        """Half of the interval as one standard error."""
        return (self.high - self.low) / (2 * quantile(self.confidence))

    def at(self, when: float) -> float:
        """The line at a time."""
        return self.level + self.slope * (when - self.pivot)

    def error(self, when: float) -> float:
        """Standard error of `at`."""
        return float(np.hypot(self.level_error, self.slope_error * (when - self.pivot)))


def quantile(confidence: float) -> float:
    """Standard errors on either side that hold this share."""
    return float(special.ndtri(0.5 + confidence / 2))


def line_through(times: Floats, values: Floats, *, confidence: float = 0.95) -> Trend | None:
    """The line through all values; None where they are fewer than 8 or all at one time.

    times, values: float64 [n], n at most 256, finite, times ascending.
    Raises ValueError for more values, or a confidence outside of 0.5 to 0.9999.
    """
    if len(times) > MOST or not 0.5 <= confidence < 1:
        raise ValueError(f"{len(times)} values, confidence {confidence}")
    count = len(times)
    if count < LEAST or times[-1] <= times[0]:
        return None
    first, second = np.triu_indices(count, 1)
    apart = times[second] - times[first]
    slopes = np.sort(((values[second] - values[first])[apart > 0]) / apart[apart > 0])
    slope = float(np.median(slopes))
    left = values - slope * times
    level_0 = float(np.median(left))
    left = left - level_0
    widening = _widening(left)
    kendall = np.sqrt(count * (count - 1) * (2 * count + 5) / 18 * widening)
    reach = quantile(confidence) * kendall
    pairs = len(slopes)
    lower = int(np.clip(np.floor((pairs - reach) / 2), 0, pairs - 1))
    upper = int(np.clip(np.ceil((pairs + reach) / 2), 0, pairs - 1))
    noise = spread(left)
    pivot = float(np.mean(times))
    return Trend(
        slope=slope,
        low=float(slopes[lower]),
        high=float(slopes[upper]),
        confidence=confidence,
        pivot=pivot,
        level=level_0 + slope * pivot,
        level_error=1.2533 * noise * np.sqrt(widening / count),
        noise=noise,
        first=float(times[0]),
        last=float(times[-1]),
        points=count,
        effective=count / widening,
    )


def recent_trend(times: Floats, values: Floats, *, confidence: float = 0.95) -> Trend | None:
    """The line that holds now: through what follows the last break. As `line_through` otherwise."""
    if len(times) > MOST:
        raise ValueError(f"{len(times)} values")
    begin = 0
    calm = _without_lone_ones(values)
    for _ in range(_BREAKS):
        place = _break(times[begin:], calm[begin:])
        if place is None:
            break
        begin += place
    # A window that was chosen by looking at the data must be surer.
    sure = confidence if begin == 0 else 1 - (1 - confidence) / 2
    return line_through(times[begin:], values[begin:], confidence=sure)


def _break(times: Floats, values: Floats) -> int | None:
    """Where the second of two lines begins; None where one line will do.

    Each has at least six values, the second as many as a line needs.
    """
    count = len(times)
    if count < _TOUCH + LEAST or times[-1] <= times[0]:
        return None
    scaled = (times - times[0]) / (times[-1] - times[0])
    after = _squares(scaled[::-1], values[::-1])[::-1]
    before = _squares(scaled, values)
    ends = np.arange(_TOUCH, count - LEAST + 1)
    both = before[ends - 1] + after[ends]
    place = int(ends[np.argmin(both)])
    least = max(float(both.min()), 1e-12 * float(values @ values), 1e-300)
    left = np.concatenate(
        [_left(scaled[:place], values[:place]), _left(scaled[place:], values[place:])]
    )
    gain = count / _widening(left) * np.log(max(float(before[-1]), least) / least)
    return place if gain > BREAK else None


def _squares(times: Floats, values: Floats) -> Floats:
    """What a line leaves of the first k + 1 values: the sum of squares for each k."""
    middle = values.mean()
    count = np.arange(1, len(times) + 1)
    t, y = np.cumsum(times), np.cumsum(values - middle)
    tt = np.cumsum(times**2) - t**2 / count
    ty = np.cumsum(times * (values - middle)) - t * y / count
    yy = np.cumsum((values - middle) ** 2) - y**2 / count
    fall = np.divide(ty**2, tt, out=np.zeros_like(tt), where=tt > 1e-12)
    return np.asarray(np.maximum(yy - fall, 0.0))


def _left(times: Floats, values: Floats) -> Floats:
    line = np.polynomial.polynomial.polyfit(times, values, 1)
    return np.asarray(values - np.polynomial.polynomial.polyval(times, line))


def _without_lone_ones(values: Floats) -> Floats:
    """Values that stand alone are moved to the median of their five (Hampel 1974)."""
    if len(values) < 5:
        return values
    padded = np.pad(values, 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    off = np.abs(values - middle)
    calm = np.where(off > 4 * max(spread(values - middle), 1e-300), middle, values)
    return np.asarray(calm, np.float64)


def _widening(left: Floats) -> float:
    """By how much the variance grows because neighbours are alike; (1 + r) / (1 - r) at most."""
    count = len(left)
    wide = 3 * spread(left)
    if wide <= 0:
        return 1.0
    held = np.clip(left, -wide, wide)
    held = held - held.mean()
    power = float(held @ held)
    if power <= 0:
        return 1.0
    alike = float(held[1:] @ held[:-1]) / power
    # Taking a line out makes neighbours look less alike than they are.
    alike = min(max((count * alike + 2) / (count - 4), 0.0), 0.9)
    lags = np.arange(1, count)
    return float(1 + 2 * np.sum((1 - lags / count) * alike**lags))
