"""Stretches of time as sets: joined, cut to a run, taken from one another. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Interval = tuple[float, float]


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order. Empty ones are gone."""
    found: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def overlap(intervals: Iterable[Interval], run: Interval) -> list[Interval]:
    """What of each lies within the run."""
    cut = [(max(start, run[0]), min(end, run[1])) for start, end in intervals]
    return [interval for interval in cut if interval[0] < interval[1]]


def without(intervals: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """The time of joined intervals that is not in others, joined too."""
    left: list[Interval] = []
    for start, end in intervals:
        at = start
        for from_, to in taken:
            if from_ < end and to > at:
                if from_ > at:
                    left.append((at, from_))
                at = max(at, to)
        if at < end:
            left.append((at, end))
    return left


def length(intervals: Iterable[Interval]) -> float:
    """The sum of the lengths of intervals that do not overlap."""
    return math.fsum(end - start for start, end in intervals)
