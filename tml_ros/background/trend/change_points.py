"""Moments at which a quantity changed its level, found when looking back over a series.

The best division into levels under a penalty per level (optimal partitioning, Jackson et al. 2005;
what PELT, Killick et al. 2012, finds too; its pruning does not pay for 512 points). Robust by
holding back what lies far from its neighbours; the penalty counts how slowly the noise changes, so
that weather is not a change. A run of steps one way that a line explains better is one drift.
Knows nothing of machines. Pure; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend.even_series import Floats, Points, spread
from tml_ros.background.trend.prepared_series import prepare

MOST = 512
"""Points that are divided; of a longer series, medians of so many equal parts."""
LEAST = 24
PENALTY = 3.0
"""Per level and per log of the number of points, in variances of the slow noise."""
SURE = 4.0
"""Standard errors that the levels on either side must lie apart."""
_TOUCH = 6
_CLEARER = 6.0


class Kind(str, Enum):
    """How it changed."""

    STEP = "step"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of level.

    stamp_ns: when, for a drift its begin; within [earliest_ns, latest_ns], which holds the places
    that explain the data nearly as well. before, after: levels (medians; for a drift at its ends).
    sure: how many standard errors they lie apart.
    """

    stamp_ns: int
    earliest_ns: int
    latest_ns: int
    before: float
    after: float
    kind: Kind
    sure: float


def changes(series: Points) -> tuple[Change, ...]:
    """All changes of level, oldest first; none where there is too little data.

    series: anything with `stamps_ns` and `mean`, in any order and with any gaps. Hours at rest and
    the cycle of the day do not count. About 10 ms for 2,000 points.
    """
    prepared = prepare(series)
    kept = np.flatnonzero(np.isfinite(prepared.clean))
    return levels_changed(prepared.even.middle_ns[kept], prepared.clean[kept])


def levels_changed(stamps_ns: NDArray[np.int64], values: Floats) -> tuple[Change, ...]:
    """As `changes`, of finite values in order of time that need no cleaning."""
    together = -(-len(values) // MOST)
    if together > 1:
        whole = len(values) // together * together
        values = np.median(values[-whole:].reshape(-1, together), axis=1)
        stamps_ns = stamps_ns[-whole:].reshape(-1, together)[:, together // 2]
    if len(values) < LEAST:
        return ()
    slow = _slow_noise(values)
    if slow <= 0:
        slow = 1e-9 * max(float(np.ptp(values)), 1e-300)
    held = _hold_back(values, slow)
    bounds = _divide(held, PENALTY * np.log(len(values)) * slow**2)
    found = []
    for group, kind in _groups(held, bounds, slow):
        change = _describe(stamps_ns, values, held, group, kind=kind, slow=slow)
        if change is not None:
            found.append(change)
    return tuple(found)


def _slow_noise(values: Floats) -> float:
    """What the mean of n values varies by, times the root of n, were there no changes.

    From the differences of neighbouring stretches of three lengths; a few changes do not show.
    """
    widest = 0.0
    for length in (1, 4, 16):
        whole = len(values) // length * length
        if whole < 8 * length:
            break
        means = np.median(values[:whole].reshape(-1, length), axis=1)
        widest = max(widest, spread(np.diff(means)) / np.sqrt(2) * np.sqrt(length))
    return widest


def _hold_back(values: Floats, slow: float) -> Floats:
    """Values that stand alone come no further than 3 noises from the median around them."""
    padded = np.pad(values, 4, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 9), axis=1)
    wide = 3 * max(spread(values - around), 0.1 * slow)
    return np.asarray(around + np.clip(values - around, -wide, wide))


def _divide(values: Floats, penalty: float) -> list[int]:
    """Where levels begin, 0 first, with the length last."""
    count = len(values)
    centred = values - np.median(values)
    total = np.concatenate([[0.0], np.cumsum(centred)])
    square = np.concatenate([[0.0], np.cumsum(centred**2)])
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    came = np.zeros(count + 1, np.int64)
    for end in range(_TOUCH, count + 1):
        begin = np.arange(0, end - _TOUCH + 1)
        within = square[end] - square[begin] - (total[end] - total[begin]) ** 2 / (end - begin)
        cost = best[begin] + within + penalty
        choice = int(np.argmin(cost))
        best[end], came[end] = cost[choice], choice
    bounds = [count]
    while bounds[-1] > 0:
        bounds.append(int(came[bounds[-1]]))
    return bounds[::-1]


def _groups(values: Floats, bounds: list[int], slow: float) -> list[tuple[list[int], Kind]]:
    """Runs of bounds, each with the bound before and the one after: one step, or a drift."""
    levels = [float(values[a:b].mean()) for a, b in pairwise(bounds)]
    groups = []
    place = 1
    while place < len(bounds) - 1:
        end = place + 1
        upward = levels[place] > levels[place - 1]
        while end < len(bounds) - 1 and (levels[end] > levels[end - 1]) == upward:
            end += 1
        run = bounds[place - 1 : end + 1]
        if len(run) > 3 and _sloped(values, run, slow):
            groups.append((run, Kind.DRIFT))
        else:
            for each in range(place, end):
                alone = bounds[each - 1 : each + 2]
                sloped = _sloped(values, alone, slow)
                groups.append((alone, Kind.DRIFT if sloped else Kind.STEP))
        place = end
    return groups


def _sloped(values: Floats, run: list[int], slow: float) -> bool:
    """Whether a slope between two levels explains clearly more than the steps do."""
    begin, end = run[0], run[-1]
    steps = sum(float(np.sum((values[a:b] - values[a:b].mean()) ** 2)) for a, b in pairwise(run))
    flat = values[begin:end] - values[begin:end].mean()
    power = float(flat @ flat)
    place = np.arange(end - begin, dtype=np.float64)
    best = np.inf
    for first in np.linspace(0, run[1] - begin, 12):
        lasts = np.linspace(run[-2] - begin, end - begin, 12)[:, None]
        ramp = np.clip((place - first) / np.maximum(lasts - first, 1.0), 0, 1)
        ramp -= ramp.mean(axis=1, keepdims=True)
        explained = (ramp @ flat) ** 2 / np.maximum((ramp**2).sum(axis=1), 1e-12)
        best = min(best, power - float(explained.max()))
    # A slope has one parameter more than one step, and fewer than two.
    return best < steps + (-_CLEARER if len(run) == 3 else _CLEARER) * slow**2


def _describe(
    stamps_ns: NDArray[np.int64],
    values: Floats,
    held: Floats,
    group: list[int],
    *,
    kind: Kind,
    slow: float,
) -> Change | None:
    begin, end = group[0], group[-1]
    first, last = group[1], group[-2]
    before, after = float(np.median(values[begin:first])), float(np.median(values[last:end]))
    # Both medians are as uncertain as slow noise makes them.
    error = 1.2533 * slow * np.sqrt(1 / (first - begin) + 1 / (end - last))
    sure = abs(after - before) / error if error > 0 else np.inf
    if sure < SURE:
        return None
    places = np.arange(begin + 1, end) if kind is Kind.STEP else np.arange(begin + 1, group[2])
    upto = end if kind is Kind.STEP else group[2]
    total = np.cumsum(held[begin:upto])
    left = places - begin
    explained = total[left - 1] ** 2 / left + (total[-1] - total[left - 1]) ** 2 / (upto - places)
    near = places[explained >= explained.max() - 4 * slow**2]
    return Change(
        stamp_ns=int(stamps_ns[first]),
        earliest_ns=int(stamps_ns[min(near[0], first)]),
        latest_ns=int(stamps_ns[max(near[-1], first)]),
        before=before,
        after=after,
        kind=kind,
        sure=float(min(sure, 999.0)),
    )
