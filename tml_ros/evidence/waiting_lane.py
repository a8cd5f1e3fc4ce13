"""What waits to be kept: put in by any thread within microseconds, taken out by one.

Bounded in bytes, of which each stream has its share and no more, so that a camera of large pictures
drives out none but its own; a stream may always have one thing waiting. What finds no room is
dropped and counted. Knows nothing of what waits.

Who puts neither waits for who takes nor wakes them, for to wake a thread may cost the core: who
takes looks again and again. What was put is counted by the one, what was taken by the other, and
the difference is what waits.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")

MAX_WAITING = 2000
"""Things, of all streams."""
PAUSE_S = 0.03
"""How often who takes looks again."""


class WaitingLane(Generic[Item]):
    """streams: how many there are. limit_bytes: for all of them together."""

    def __init__(self, *, streams: int, limit_bytes: int) -> None:
        """Nothing waits yet."""
        self._share = limit_bytes // max(1, streams)
        self._waiting: deque[tuple[str, int, Item]] = deque()
        self._putting = threading.Lock()
        self._put: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()
        self._dropped = 0
        self._closed = threading.Event()

    def put(self, stream: str, item: Item, *, size: int, always: bool = False) -> bool:
        """Let something wait; whether there was room. always: there is, but for MAX_WAITING."""
        size = max(1, size)
        with self._putting:
            fits = always or not (waiting := self.bytes(stream)) or waiting + size <= self._share
            full = not fits or len(self._waiting) >= MAX_WAITING
            if full or self._closed.is_set():
                self._dropped += 1
                return False
            self._put[stream] += size
            self._waiting.append((stream, size, item))
            return True

    def take(self) -> Item | None:
        """Wait for the next thing; None once the lane is closed and empty."""
        while not self._waiting:
            if self._closed.wait(PAUSE_S) and not self._waiting:
                return None
        stream, size, item = self._waiting.popleft()
        self._taken[stream] += size
        return item

    def bytes(self, stream: str) -> int:
        """How much of a stream waits."""
        return self._put[stream] - self._taken[stream]

    def dropped(self) -> int:
        """How many things found no room so far."""
        return self._dropped

    def close(self) -> None:
        """Take nothing more; what waits can still be taken out."""
        with self._putting:
            self._closed.set()
