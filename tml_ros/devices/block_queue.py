"""Captured blocks on their way from the thread that captures to the one that reads.

Bounded: when nobody reads, the oldest block gives way, so that what is read is never stale.
"""

from __future__ import annotations

import threading
from collections import deque

from tml_ros.devices.captured_block import BLOCKS_WAITING, CapturedBlock


class BlockQueue:
    """One writer, one reader; any thread may look at the counters or end it."""

    def __init__(self) -> None:
        """Start empty."""
        self._changed = threading.Condition()
        self._waiting: deque[CapturedBlock] = deque(maxlen=BLOCKS_WAITING)
        self._ended = False
        self.blocks = 0
        self.dropped = 0

    def put(self, block: CapturedBlock) -> None:
        """Add the newest block."""
        with self._changed:
            self.dropped += len(self._waiting) == BLOCKS_WAITING
            self.blocks += 1
            self._waiting.append(block)
            self._changed.notify()

    def get(self, timeout_s: float) -> CapturedBlock | None:
        """The oldest block waiting; None if none comes in time or none will come any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended, timeout_s)
            return self._waiting.popleft() if self._waiting else None

    def end(self) -> None:
        """No block will follow; what waits can still be read."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
