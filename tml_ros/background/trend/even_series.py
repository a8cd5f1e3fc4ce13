"""Readings as they came, put on an even grid: medians of equal stretches, gaps left open.

Order, duplicates, gaps and values that are no numbers do not matter from here on. Knows nothing of
machines. Pure functions; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SECOND_NS = 1_000_000_000
HOUR_NS = 3_600 * SECOND_NS
DAY_NS = 24 * HOUR_NS
LADDER_S = (1, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400)
"""Lengths of stretches to choose from, in seconds; then whole days."""


class Points(Protocol):
    """Anything with stamps and values, such as a series of the history."""

    @property
    def stamps_ns(self) -> NDArray[np.int64]:
        """int64 [n]."""

    @property
    def mean(self) -> Floats:
        """float64 [n]."""


@dataclass(frozen=True, slots=True, eq=False)
class EvenSeries:
    """One value per stretch.

    start_ns: where the first stretch begins, a multiple of `step_ns`. values: float64 [n],
    median of the stretch, NaN where nothing came.
    """

    start_ns: int
    step_ns: int
    values: Floats

    @property
    def middle_ns(self) -> NDArray[np.int64]:
        """The middle of each stretch."""
        ordinal = np.arange(len(self.values), dtype=np.int64)
        return self.start_ns + ordinal * self.step_ns + self.step_ns // 2

    @property
    def hour_of_day(self) -> Floats:
        """Of each stretch's middle: 0 up to 24, in the cell's time."""
        return np.asarray(self.middle_ns % DAY_NS / HOUR_NS, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Finite values in order of time, one per stamp. stamps_ns: int64 [n]; mean: float64 [n]."""

    stamps_ns: NDArray[np.int64]
    mean: Floats


def in_order(points: Points) -> Readings:
    """Sorted, without NaN and infinities; of several with one stamp the median stays.

    Raises ValueError where there are not as many stamps as values.
    """
    stamps = np.asarray(points.stamps_ns, np.int64).ravel()
    values = np.asarray(points.mean, np.float64).ravel()
    if len(stamps) != len(values):
        raise ValueError(f"{len(stamps)} stamps for {len(values)} values")
    finite = np.isfinite(values)
    starts, medians = _medians(stamps[finite], values[finite])
    return Readings(starts, medians)


def even_series(points: Points, *, step_ns: int, most: int = 200_000) -> EvenSeries:
    """Medians of stretches of `step_ns`; only the last `most` stretches are kept.

    Raises ValueError for a step that is not positive.
    """
    if step_ns <= 0 or most <= 0:
        raise ValueError(f"step_ns={step_ns} and most={most} must be positive")
    stamps = np.asarray(points.stamps_ns, np.int64)
    values = np.asarray(points.mean, np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        return EvenSeries(0, step_ns, np.zeros(0))
    cells = stamps[finite] // step_ns
    newest = cells.max()
    kept = cells > newest - most
    places, medians = _medians(cells[kept], values[finite][kept])
    even = np.full(int(newest - places[0]) + 1, np.nan)
    even[places - places[0]] = medians
    return EvenSeries(int(places[0]) * step_ns, step_ns, even)


def fitting_step_ns(readings: Readings, *, stretches: int) -> int:
    """The shortest stretch that gives at most so many and in which a reading comes."""
    span_s = float(readings.stamps_ns[-1] - readings.stamps_ns[0]) / SECOND_NS
    apart_s = float(np.median(np.diff(readings.stamps_ns))) / SECOND_NS
    least = max(span_s / stretches, apart_s)
    for step in LADDER_S:
        if step >= least:
            return step * SECOND_NS
    return int(np.ceil(least / 86_400)) * DAY_NS


def spread(values: ArrayLike) -> float:
    """The standard deviation of what is normal among the values: 1.4826 MAD; NaN does not count.

    0 where fewer than two values are numbers.
    """
    found = np.asarray(values, np.float64)
    found = found[np.isfinite(found)]
    if len(found) < 2:
        return 0.0
    return float(1.4826 * np.median(np.abs(found - np.median(found))))


def median(values: ArrayLike) -> float:
    """Of the values that are numbers; NaN where there are none."""
    found = np.asarray(values, np.float64)
    found = found[np.isfinite(found)]
    return float(np.median(found)) if len(found) else float("nan")


def column_medians(table: Floats, *, least: int = 1) -> Floats:
    """Median of each column without its NaN; NaN where it has fewer than `least` numbers."""
    ordered = np.sort(table, axis=0)
    count = np.isfinite(table).sum(axis=0)
    column = np.arange(table.shape[1])
    low = ordered[np.maximum(count - 1, 0) // 2, column]
    high = ordered[np.minimum(count // 2, len(table) - 1), column]
    return np.where(count >= least, (low + high) / 2, np.nan)


def _medians(groups: NDArray[np.int64], values: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Each group once, ascending, and the median of its values."""
    if not len(groups):
        return np.zeros(0, np.int64), np.zeros(0)
    order = np.lexsort((values, groups))
    groups, values = groups[order], values[order]
    begin = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    count = np.diff(np.append(begin, len(groups)))
    middle = (values[begin + (count - 1) // 2] + values[begin + count // 2]) / 2
    return groups[begin], middle
