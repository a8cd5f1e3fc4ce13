"""From what holds at each of many moments to spans of time.

Knows nothing of what is judged. Pure. Moments are evenly spaced; what holds at one holds until the
next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ONE_HAZARD_S = 1.0
"""Spans less than this apart are one."""
ONE_DOUBT_S = 0.2


def spans_of(
    kind: HazardKind, zone: str, times: Array, there: Flags, evident: Flags, *, ends_s: float
) -> list[HazardSpan]:
    """The spans in which a hazard is there. times: float64 [n]; there, evident: bool [n]."""
    spans = []
    for start, end in runs(times, there, gap_s=ONE_HAZARD_S, ends_s=ends_s):
        within = evident & (times >= start) & (times < end)
        first = float(times[np.argmax(within)]) if within.any() else None
        spans.append(HazardSpan(kind, zone, start, end, first))
    return spans


def doubts_of(
    kind: HazardKind, zone: str, times: Array, doubtful: Flags, *, ends_s: float
) -> list[Doubt]:
    """The spans of doubt."""
    return [
        Doubt(kind, zone, start, end)
        for start, end in runs(times, doubtful, gap_s=ONE_DOUBT_S, ends_s=ends_s)
    ]


def runs(times: Array, holds: Flags, *, gap_s: float, ends_s: float) -> list[tuple[float, float]]:
    """From when to when something holds, interruptions shorter than `gap_s` left out."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8)))
    ends = np.append(times, ends_s)
    found: list[tuple[float, float]] = []
    for start, end in ends[edges].reshape(-1, 2).tolist():
        if found and start - found[-1][1] < gap_s:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
