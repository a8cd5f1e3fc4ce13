"""Cell time that never steps back, over clocks that do.

Knows nothing of clocks or threads: it is told the time. A looping bag or a clock that is set back
begins another timeline; steady time is the given time plus an offset that grows with each jump
back. Owned by whoever is told the time.
"""

from __future__ import annotations

JUMP_NS = 1_000_000_000
"""A step back of at most this is jitter and waited out; a larger one is a jump of the clock."""


class CellTime:
    """Maps given time to steady time; both in nanoseconds.

    After a jump back the steady time goes on from where it was, as if no time had passed.
    """

    def __init__(self) -> None:
        """Start without a time; the first one given is steady time as it is."""
        self._newest: int | None = None
        self._offset = 0
        self._resume_at: int | None = None

    def jumps_back(self, now_ns: int) -> bool:
        """Whether `now_ns` lies so far before the newest time that it is another timeline."""
        return self._newest is not None and now_ns < self._newest - JUMP_NS

    def advance(self, now_ns: int) -> int:
        """Take in the time given and return it, or the newest there was if it stepped back."""
        if self._newest is None:
            if self._resume_at is not None:
                self._offset = self._resume_at - now_ns
            self._newest = now_ns
        self._newest = max(self._newest, now_ns)
        return self._newest

    def restart(self) -> None:
        """Begin another timeline with the next `advance`."""
        if self._newest is not None:
            self._resume_at = self.steady(self._newest)
            self._newest = None

    def steady(self, given_ns: int) -> int:
        """Time of the present timeline as steady time."""
        return given_ns + self._offset
