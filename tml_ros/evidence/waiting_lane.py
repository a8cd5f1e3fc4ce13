"""What waits to be kept: put in by any thread within microseconds, taken out by one.

Bounded in bytes, of which each stream has its share and no more, so that a camera of large pictures
drives out none but its own; a stream may always have one thing waiting. What finds no room is
dropped and counted. Knows nothing of what waits.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

MAX_WAITING = 2000
"""Things, of all streams."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Item]):
    stream: str
    size: int
    item: Item


class WaitingLane(Generic[Item]):
    """streams: how many there are. limit_bytes: for all of them together."""

    def __init__(self, *, streams: int, limit_bytes: int) -> None:
        """Nothing waits yet."""
        self._share = limit_bytes // max(1, streams)
        self._items: deque[_Waiting[Item]] = deque()
        self._bytes: dict[str, int] = {}
        self._dropped: Counter[str] = Counter()
        self._filled = threading.Condition(threading.Lock())
        self._closed = False

    def put(self, stream: str, item: Item, *, size: int, always: bool = False) -> bool:
        """Let something wait; whether there was room. always: there is, but for MAX_WAITING."""
        size = max(1, size)
        with self._filled:
            waiting = self._bytes.get(stream, 0)
            fits = always or not waiting or waiting + size <= self._share
            if self._closed or not fits or len(self._items) >= MAX_WAITING:
                self._dropped[stream] += 1
                return False
            self._bytes[stream] = waiting + size
            self._items.append(_Waiting(stream, size, item))
            self._filled.notify()
            return True

    def take(self) -> Item | None:
        """Wait for the next thing; None once the lane is closed and empty."""
        with self._filled:
            while not self._items:
                if self._closed:
                    return None
                self._filled.wait()
            taken = self._items.popleft()
            self._bytes[taken.stream] -= taken.size
            if not self._bytes[taken.stream]:
                del self._bytes[taken.stream]
            return taken.item

    def dropped(self) -> int:
        """How many things found no room so far."""
        with self._filled:
            return sum(self._dropped.values())

    def close(self) -> None:
        """Take nothing more; what waits can still be taken out."""
        with self._filled:
            self._closed = True
            self._filled.notify_all()
