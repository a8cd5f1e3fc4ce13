"""Where figures lie on the small scales beside them, in percent. Geometry only. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tml_ros.bench.evaluation.verdict import per_hour
from tml_ros.bench.judge.interval import Estimate

RATES = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Per hour; marks of a scale on which each is as far from the next. Less lies at its beginning."""


@dataclass(frozen=True, slots=True)
class OnScale:
    """words: the figure; interval: in words, or "". at, low, high: percent of the scale."""

    words: str
    interval: str
    at: float
    low: float
    high: float


def share_on_scale(found: Estimate | None) -> OnScale | None:
    """A share; its scale goes from 0 to 100 %."""
    if found is None:
        return None
    low, high = _ends(found)
    told = "" if found.low is None else f"{low:.0%} to {high:.0%}"
    return OnScale(f"{found.value:.0%}", told, 100 * found.value, 100 * low, 100 * high)


def rate_on_scale(found: Estimate | None) -> OnScale | None:
    """Events per hour; the scale is that of `RATES`."""
    if found is None:
        return None
    low, high = _ends(found)
    told = "" if found.low is None else f"{per_hour(low)} to {per_hour(high)}"
    return OnScale(per_hour(found.value), told, _rate(found.value), _rate(low), _rate(high))


def _ends(found: Estimate) -> tuple[float, float]:
    low = found.value if found.low is None else found.low
    return low, found.value if found.high is None else found.high


def _rate(value: float) -> float:
    least, most = RATES[0], RATES[-1]
    if value <= least:
        return 0.0
    return min(100.0, 100 * math.log(value / least) / math.log(most / least))
