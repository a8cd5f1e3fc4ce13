"""When a recorded frame is due, and what becomes of one that is late.

Knows nothing of video: offsets and steady time in, decisions out. Belongs to the capture thread.
"""

from __future__ import annotations

from enum import Enum

SKIP_NS = 100_000_000
"""A frame later than this is left out, so that playback catches up with its sound."""
STALL_NS = 1_000_000_000
"""Later than this, playback was stopped or is too slow to catch up: it goes on from now."""


class Verdict(Enum):
    """What to do with the next frame."""

    WAIT = "wait"
    SHOW = "show"
    SKIP = "skip"


class PlaybackClock:
    """Maps media time to the steady clock."""

    __slots__ = ("_start_ns",)

    def __init__(self, start_ns: int) -> None:
        """start_ns: steady time of media time zero."""
        self._start_ns = start_ns

    def due_ns(self, offset_ns: int) -> int:
        """Steady time at which the frame at `offset_ns` is to be shown."""
        return self._start_ns + offset_ns

    def judge(self, offset_ns: int, now_ns: int) -> Verdict:
        """Decide on the next frame; a stall moves the whole rest of the playback back."""
        late_ns = now_ns - self.due_ns(offset_ns)
        if late_ns < 0:
            return Verdict.WAIT
        if late_ns > STALL_NS:
            self._start_ns += late_ns
            return Verdict.SHOW
        return Verdict.SKIP if late_ns > SKIP_NS else Verdict.SHOW
