"""Stamps for sound that comes without any, such as std_msgs/Int16MultiArray.

Counts samples, because the arrival of a message says little about when its sound was taken:
messages come late and in bursts, samples come evenly. Knows nothing of what the samples hold, and
reads no clock. One per stream; belongs to the thread that feeds it.
"""

from __future__ import annotations

from collections import deque

JUMP_NS = 250_000_000
"""An arrival this far from the count is a gap in the stream or a jump of the clock, at once."""
OFFSET_NS = 20_000_000
"""A distance this large that has lasted for `WINDOW_NS` of sound is a gap too: sound was lost."""
WINDOW_NS = 1_000_000_000
SETTLING_NS = 4_000_000_000
"""The time in which the count follows a sound card that runs faster or slower than the clock."""


class AudioClock:
    """Tells the start of each block of one stream from the arrivals of all of them.

    A block has been recorded whole before it arrives, so the least delayed block of the last
    second tells best where the count stands; delay alone never moves the count forward.

    rate: frames per second, > 0. Raises ValueError otherwise.
    """

    def __init__(self, *, rate: int) -> None:
        """Start with no stream yet."""
        if rate <= 0:
            raise ValueError(f"rate must be above 0, got {rate!r}")
        self._rate = rate
        self.reset()

    def reset(self) -> None:
        """Forget the stream: the next block starts a new count."""
        self._origin_ns = 0
        self._frames = 0
        self._delays: deque[tuple[int, int]] = deque()
        self._window_ns = 0
        self._started = False

    def start_of(self, arrival_ns: int, frames: int) -> int:
        """When the first of `frames` (>= 0) frames was taken, given when the last one had arrived.

        Consecutive blocks lie end to end within a few ms, unless a gap or a jump lies between.
        """
        if frames < 0:
            raise ValueError(f"frames must be >= 0, got {frames!r}")
        if frames == 0:
            return self._counted_ns() if self._started else arrival_ns
        length_ns = frames * 1_000_000_000 // self._rate
        recorded_ns = arrival_ns - length_ns
        delay = recorded_ns - self._counted_ns()
        if not self._started or abs(delay) > JUMP_NS:
            self._snap_to(recorded_ns)
        else:
            self._follow(delay, length_ns)
        start_ns = self._counted_ns()
        self._frames += frames
        return start_ns

    def _counted_ns(self) -> int:
        return self._origin_ns + self._frames * 1_000_000_000 // self._rate

    def _snap_to(self, start_ns: int) -> None:
        self.reset()
        self._started = True
        self._origin_ns = start_ns

    def _follow(self, delay: int, length_ns: int) -> None:
        self._delays.append((delay, length_ns))
        self._window_ns += length_ns
        while self._window_ns - self._delays[0][1] >= WINDOW_NS:
            self._window_ns -= self._delays.popleft()[1]
        least = min(delay for delay, _ in self._delays)
        if least < -OFFSET_NS or (least > OFFSET_NS and self._window_ns >= WINDOW_NS):
            shift = least
            self._delays.clear()
            self._window_ns = 0
        elif least < 0 or self._window_ns >= WINDOW_NS:
            shift = least * length_ns // SETTLING_NS
            self._delays = deque((delay - shift, length) for delay, length in self._delays)
        else:
            return
        self._origin_ns += shift
