"""The time that a simulation gives out on `/clock`, between its ticks too.

A node's own clock stands still from one tick to the next, which is good enough to stamp by and too
coarse to measure by. Knows nothing of ROS: it is told ticks and steady time. One thread tells the
ticks; any may ask.
"""

from __future__ import annotations

LONGEST_NS = 25_000_000
"""Beyond the newest tick time goes on for no longer: the next one is late, or there is none."""


class FollowedClock:
    """Simulated time that runs as fast as in life."""

    __slots__ = ("_newest",)

    def __init__(self) -> None:
        """Before the first tick it is 0."""
        self._newest: tuple[int, int] | None = None

    def tick(self, clock_ns: int, steady_ns: int) -> None:
        """It was `clock_ns` at `steady_ns`."""
        self._newest = (clock_ns, steady_ns)

    def now_ns(self, steady_ns: int) -> int:
        """What time it is at `steady_ns`."""
        if self._newest is None:
            return 0
        clock_ns, told_ns = self._newest
        return clock_ns + min(max(0, steady_ns - told_ns), LONGEST_NS)
