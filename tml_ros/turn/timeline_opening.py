"""What comes before the first turn of a timeline, until it is known when that turn starts.

Waits long enough for the earliest sound to arrive even if it is not the first to arrive. Knows
nothing of turns that follow. Belongs to the `TurnAssembler` that owns it.
"""

from __future__ import annotations

from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_NS, AudioBlock, Frame

MAX_BLOCKS = 8_192
MAX_SAMPLES = 20 * SAMPLE_RATE
MAX_FRAMES = 128


class TimelineOpening:
    """Collects data and finds the start of turn 0.

    master: the microphone whose first sound is the start, if it comes in time; None without one.
    jitter_ns: how long data may be on their way.
    """

    def __init__(self, *, master: str | None, jitter_ns: int) -> None:
        """Start empty."""
        self._master = master
        self._jitter_ns = jitter_ns
        self._blocks: list[AudioBlock] = []
        self._samples = 0
        self._frames: list[Frame] = []
        self._idle_since_ns: int | None = None
        self._first_ns: int | None = None
        self._last_ns: int | None = None
        self._master_first_ns: int | None = None
        self._master_last_ns = 0

    @property
    def frames(self) -> list[Frame]:
        """The frames so far, in order of arrival."""
        return self._frames

    @property
    def blocks(self) -> list[AudioBlock]:
        """The sound so far, in order of arrival."""
        return self._blocks

    @property
    def first_ns(self) -> int | None:
        """The earliest stamp so far; None before any."""
        return self._first_ns

    def add(self, item: AudioBlock | Frame, start_ns: int, end_ns: int) -> bool:
        """Take in one piece; False where there is no room for it."""
        if isinstance(item, AudioBlock):
            samples = self._samples + len(item.samples)
            if len(self._blocks) >= MAX_BLOCKS or samples > MAX_SAMPLES:
                return False
            self._samples = samples
            self._blocks.append(item)
            if item.microphone == self._master:
                first = self._master_first_ns
                self._master_first_ns = start_ns if first is None else min(first, start_ns)
                last = end_ns if first is None else self._master_last_ns
                self._master_last_ns = max(end_ns, last)
        else:
            if len(self._frames) >= MAX_FRAMES:
                return False
            self._frames.append(item)
        self._first_ns = start_ns if self._first_ns is None else min(self._first_ns, start_ns)
        self._last_ns = end_ns if self._last_ns is None else max(self._last_ns, end_ns)
        return True

    def pass_time(self, now_ns: int) -> None:
        """It is `now_ns`, by the clock of the stamps."""
        if self._idle_since_ns is None or now_ns < self._idle_since_ns:
            self._idle_since_ns = now_ns

    def best_start_ns(self) -> int | None:
        """Start of turn 0 as far as is known now: the master's, any stamp, or the first poll."""
        for start_ns in (self._master_first_ns, self._first_ns, self._idle_since_ns):
            if start_ns is not None:
                return start_ns
        return None

    def due_start_ns(self, now_ns: int | None) -> int | None:
        """Start of turn 0 once it can no longer move; None before."""
        start_ns = self.best_start_ns()
        if start_ns is None:
            return None
        if self._master_first_ns is not None:
            heard_ns = self._master_last_ns - start_ns
            if heard_ns >= TURN_NS and heard_ns > self._jitter_ns:
                return start_ns
        newest = max((t for t in (now_ns, self._last_ns) if t is not None), default=start_ns)
        return start_ns if newest > start_ns + TURN_NS + self._jitter_ns else None
