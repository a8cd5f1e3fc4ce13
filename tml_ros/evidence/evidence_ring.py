"""The last seconds of everything a cell saw, heard and said, bounded in one place.

By age and by bytes over all streams together; the oldest goes first, whosever it is. So when
memory is short every stream keeps the same, shorter time, and none can drive out another: what any
of them may bring in a second is bounded before it comes here. Knows nothing of what it keeps. Owned
by one thread.
"""

from __future__ import annotations

from collections import deque

from tml_ros.evidence.kept import Kept

BACK_NS = 1_000_000_000
"""Time that steps back by more is another timeline; by less it is jitter."""


class EvidenceRing:
    """age_ns: older things go. limit_bytes: so much is kept at most."""

    def __init__(self, *, age_ns: int, limit_bytes: int) -> None:
        """Nothing yet."""
        self._age_ns = age_ns
        self._limit_bytes = limit_bytes
        self._kept: deque[Kept] = deque()
        self._bytes = 0
        self._newest_ns = 0
        self.cut_short = 0
        """Things that went before their time, as memory was short."""

    @property
    def bytes(self) -> int:
        """What is kept, at most the limit."""
        return self._bytes

    def __len__(self) -> int:
        """How many things are kept."""
        return len(self._kept)

    def add(self, kept: Kept) -> None:
        """Keep something, and let go of what is too old or too much."""
        if kept.came_ns < self._newest_ns - BACK_NS:
            self.clear()
        self._kept.append(kept)
        self._bytes += kept.size
        self.advance(kept.came_ns)

    def advance(self, now_ns: int) -> None:
        """Let go of what is too old."""
        if now_ns < self._newest_ns - BACK_NS:
            self.clear()
        self._newest_ns = max(self._newest_ns, now_ns)
        while self._kept and self._bytes > self._limit_bytes:
            self._let_go()
            self.cut_short += 1
        while self._kept and self._kept[0].came_ns < self._newest_ns - self._age_ns:
            self._let_go()

    def since(self, begin_ns: int) -> tuple[Kept, ...]:
        """What came at that time or later, in the order it came."""
        return tuple(kept for kept in self._kept if kept.came_ns >= begin_ns)

    def clear(self) -> None:
        """Forget everything, as on another timeline."""
        self._kept.clear()
        self._bytes = 0
        self._newest_ns = 0

    def _let_go(self) -> None:
        self._bytes -= self._kept.popleft().size
