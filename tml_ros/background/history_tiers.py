"""Readings made into minute means, minute means into hours, hours into longer stretches.

Pure arithmetic on columns; knows nothing of machines, of SQLite or of how long anything is kept.
A mean of readings is correctly rounded (the exact sum of all, divided once); a mean of means is
weighted by their counts and true to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Buckets:
    """Stretches of time and the readings in them, as columns of n; in order of time.

    start_ns, width_ns, count: int64; width 0 for a single reading. mean, low, high: float64.
    """

    start_ns: NDArray[np.int64]
    width_ns: NDArray[np.int64]
    count: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.start_ns)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Buckets:
        """Those chosen by a mask or by their indexes."""
        return Buckets(
            self.start_ns[chosen],
            self.width_ns[chosen],
            self.count[chosen],
            self.mean[chosen],
            self.low[chosen],
            self.high[chosen],
        )


_NO_TIME, _NO_VALUE = np.zeros(0, np.int64), np.zeros(0, np.float64)
NOTHING = Buckets(_NO_TIME, _NO_TIME, _NO_TIME, _NO_VALUE, _NO_VALUE, _NO_VALUE)


def single(stamps_ns: NDArray[np.int64], values: NDArray[np.float64]) -> Buckets:
    """Each reading by itself. stamps_ns: int64 [n], values: float64 [n]."""
    width = np.zeros(len(stamps_ns), np.int64)
    return Buckets(stamps_ns, width, width + 1, values, values, values)


def from_rows(rows: Sequence[tuple[int, int, float, float, float]], width_ns: int) -> Buckets:
    """Rows of (number of the stretch since time 0, count, mean, low, high)."""
    if not rows:
        return NOTHING
    number, count, mean, low, high = zip(*rows, strict=True)
    start = np.array(number, np.int64) * width_ns
    return Buckets(
        start,
        np.full(len(start), width_ns, np.int64),
        np.array(count, np.int64),
        np.array(mean, np.float64),
        np.array(low, np.float64),
        np.array(high, np.float64),
    )


def joined(parts: Sequence[Buckets]) -> Buckets:
    """One after the other."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return NOTHING
    return Buckets(
        np.concatenate([part.start_ns for part in filled]),
        np.concatenate([part.width_ns for part in filled]),
        np.concatenate([part.count for part in filled]),
        np.concatenate([part.mean for part in filled]),
        np.concatenate([part.low for part in filled]),
        np.concatenate([part.high for part in filled]),
    )


def merged(
    stamps_ns: NDArray[np.int64],
    values: NDArray[np.float64],
    more_ns: NDArray[np.int64],
    more: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """All readings in order of time; of several with one stamp the first counts."""
    if not len(stamps_ns) and (np.diff(more_ns) > 0).all():
        return more_ns, more
    # np.unique points to the first of equals.
    stamps, first = np.unique(np.concatenate([stamps_ns, more_ns]), return_index=True)
    return stamps, np.concatenate([values, more])[first]


def exact_mean(values: Sequence[float]) -> float:
    """The correctly rounded mean of finite values; never beyond them, never infinite."""
    count = len(values)
    try:
        mean = math.fsum(values) / count
    except OverflowError:
        mean = math.fsum(value / count for value in values)
    return min(max(mean, min(values)), max(values))


def of_readings(
    stamps_ns: NDArray[np.int64], values: NDArray[np.float64], width_ns: int
) -> Buckets:
    """Readings in order of time made into stretches of `width_ns` that begin at its multiples."""
    if not len(stamps_ns):
        return NOTHING
    number = stamps_ns // width_ns
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(number)]
    rows = []
    for first, end in pairwise(edges):
        index, readings = number[first], values[first:end].tolist()
        rows.append((int(index), len(readings), exact_mean(readings), min(readings), max(readings)))
    return from_rows(rows, width_ns)


def coarser(buckets: Buckets, width_ns: int, *, origin_ns: int = 0) -> Buckets:
    """Stretches merged into those of `width_ns` that begin at `origin_ns` and its multiples."""
    if not len(buckets):
        return NOTHING
    number = (buckets.start_ns - origin_ns) // width_ns
    first = np.concatenate([[0], np.flatnonzero(np.diff(number)) + 1])
    count = np.add.reduceat(buckets.count, first)
    members = np.diff(np.append(first, len(buckets)))
    weight = buckets.count / np.repeat(count, members)
    low = np.minimum.reduceat(buckets.low, first)
    high = np.maximum.reduceat(buckets.high, first)
    # Rounding must not carry a mean beyond what it is a mean of.
    mean = np.clip(np.add.reduceat(buckets.mean * weight, first), low, high)
    start = origin_ns + number[first] * width_ns
    return Buckets(start, np.full(len(first), width_ns, np.int64), count, mean, low, high)
