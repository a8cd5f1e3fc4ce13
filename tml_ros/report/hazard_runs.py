"""A hazard's scores over time, folded into runs: from when to when, and how sure at most.

Bounded: with too many runs, the two with the shortest pause between them become one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from tml_ros.turn.hazard import HazardKind, HazardSource

CAPACITY = 500


class HazardLane(NamedTuple):
    """One line of the timeline: who judged what, where."""

    kind: HazardKind
    zone: str
    source: HazardSource


@dataclass(frozen=True, slots=True)
class HazardRun:
    """Present from the first statement at or above the threshold to the first one below it.

    end_ns: of the newest statement while the run is still open.
    """

    start_ns: int
    end_ns: int
    peak: float
    open: bool = True


class HazardRuns:
    """The runs of one lane. One thread owns it."""

    def __init__(self, threshold: float, *, capacity: int = CAPACITY) -> None:
        """Start without a run. Raises ValueError for a capacity below 1."""
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self._threshold = threshold
        self._capacity = capacity
        self._runs: list[HazardRun] = []

    def observe(self, stamp_ns: int, score: float) -> None:
        """Take in one statement; stamps that step back count as the newest so far."""
        newest = self._runs[-1] if self._runs else None
        if newest is not None:
            stamp_ns = max(stamp_ns, newest.end_ns)
        present = score >= self._threshold
        if newest is not None and newest.open:
            peak = max(newest.peak, score)
            self._runs[-1] = replace(newest, end_ns=stamp_ns, peak=peak, open=present)
        elif present:
            self._runs.append(HazardRun(stamp_ns, stamp_ns, score))
            if len(self._runs) > self._capacity:
                self._merge_closest()

    @property
    def runs(self) -> tuple[HazardRun, ...]:
        """All runs in order of time."""
        return tuple(self._runs)

    def _merge_closest(self) -> None:
        runs = self._runs
        pauses = [late.start_ns - early.end_ns for early, late in pairwise(runs)]
        if not pauses:
            return
        at = pauses.index(min(pauses))
        early, late = runs[at], runs[at + 1]
        peak = max(early.peak, late.peak)
        runs[at : at + 2] = [HazardRun(early.start_ns, late.end_ns, peak, late.open)]
