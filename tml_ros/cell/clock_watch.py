"""Whether the clock that a cell follows still goes, seen from a steady one.

Knows nothing of ROS or clocks: it is told both times. One thread owns a watch.
"""

from __future__ import annotations

from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

STOPPED_AFTER_NS = 800_000_000
"""Without a step; 0.2 s are left to raise the alarm within a second."""


class ClockWatch:
    """A step in either direction, however large, is no standstill: jumps are others' business."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._newest_ns: int | None = None
        self._moved_ns = 0

    def excuse(self, steady_ns: int) -> None:
        """Nobody looked for a while until now: the clock may have moved unseen."""
        self._moved_ns = steady_ns

    def hazards(self, now_ns: int, steady_ns: int) -> list[Hazard]:
        """What is so now. now_ns: cell time, which is 0 until the clock begins."""
        if now_ns != self._newest_ns:
            self._newest_ns, self._moved_ns = now_ns, steady_ns
        stopped = now_ns > 0 and steady_ns - self._moved_ns > STOPPED_AFTER_NS
        score = 1.0 if stopped else 0.0
        return [Hazard(HazardKind.CLOCK_STOPPED, "", score, HazardSource.GUARD, now_ns)]
