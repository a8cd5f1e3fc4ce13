"""Steady capture times as stamps of a node's clock, with distances kept exact.

Knows nothing of ROS: it is given readings of both clocks. Belongs to the thread that publishes.
"""

from __future__ import annotations

STEP_NS = 5_000_000
"""Clocks that two readings in a row find further apart than this are brought together again; one
reading alone may only mean that the thread had to wait between reading the one and the other."""


class CaptureStamps:
    """Maps steady time to the node's clock.

    One offset holds for as long as it is about right, so that the stamps of a recording differ by
    exactly what its media times differ by; a clock that is set, or drifts, gives a new one.
    """

    __slots__ = ("_doubted", "_offset_ns")

    def __init__(self) -> None:
        """Start without an offset."""
        self._offset_ns: int | None = None
        self._doubted = False

    def stamp_ns(self, captured_ns: int, *, steady_ns: int, node_ns: int) -> int:
        """The stamp of what was captured at `captured_ns`, steady.

        steady_ns, node_ns: both clocks, read now.
        """
        offset_ns = node_ns - steady_ns
        if self._offset_ns is None:
            self._offset_ns = offset_ns
        differs = abs(offset_ns - self._offset_ns) > STEP_NS
        if differs and self._doubted:
            self._offset_ns = offset_ns
        self._doubted = differs and not self._doubted
        return captured_ns + self._offset_ns
