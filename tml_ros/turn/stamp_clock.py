"""The caller's clock, seen from the stamps.

Stamps are made by whoever records, `now_ns` by whoever listens: normally the same clock, but a bag
recorded under simulated time, or played without it, sets them far apart. Silence must then still
pass at the right pace. Reads no clock itself; belongs to the `TurnAssembler` that owns it.
"""

from __future__ import annotations

SAME_CLOCK_NS = 5_000_000_000
"""Stamps and clock that are no further apart than this are of the same clock."""
STEP_BACK_NS = 1_000_000_000
"""A clock that goes back by more than this has been set, not jittered."""


class StampClock:
    """Turns `now_ns` into the time that a stamp made at this moment would carry."""

    def __init__(self) -> None:
        """Start as one clock with the stamps."""
        self._offset_ns = 0
        self._stamp_ns: int | None = None
        self._now_ns: int | None = None

    def saw(self, stamp_ns: int) -> None:
        """Data with this stamp has just come from the stream that leads."""
        self._stamp_ns = stamp_ns

    def at(self, now_ns: int) -> int:
        """The stamp of this moment.

        The distance between the clocks is measured whenever data came since the last call. A clock
        set while no data comes changes nothing: the time of the stamps goes on where it was.
        """
        if self._stamp_ns is not None:
            distance = now_ns - self._stamp_ns
            self._offset_ns = distance if abs(distance) > SAME_CLOCK_NS else 0
            self._stamp_ns = None
        elif self._now_ns is not None:
            step = now_ns - self._now_ns
            if step < -STEP_BACK_NS or step > SAME_CLOCK_NS:
                self._offset_ns += step
        self._now_ns = now_ns
        return now_ns - self._offset_ns
