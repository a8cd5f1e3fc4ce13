"""What the loudspeaker of a simulated cell plays, on the scenario's time.

Like the loudspeaker it stands for, it plays what comes one after the other, forgets the rest when
it is told to, and lets nothing be heard beside a warning. Knows nothing of rooms, echoes or who
speaks. One thread owns it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE

Sound = NDArray[np.float32]

AUDIBLE: Final = 1e-3
"""Samples below are silence."""
PAUSE_S: Final = 0.6
"""Who was silent for so long begins to speak anew."""


class LiveVoice:
    """seconds: how long the scenario lasts; what comes later is not kept."""

    def __init__(self, seconds: float) -> None:
        """Start silent."""
        self._sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
        self._end = 0
        self._warned_until = 0
        self._last_heard: int | None = None
        self._begins: list[float] = []

    @property
    def begins(self) -> tuple[float, ...]:
        """When the cell began to speak, s, each time so far, in order."""
        return tuple(self._begins)

    def say(self, samples: Sound, now_s: float) -> None:
        """Play this from now on, after what waits already: float32 [n], mono, 16 kHz.

        While a warning is being played it is left out.
        """
        if _samples(now_s) >= self._warned_until:
            self._play(samples, now_s)

    def warn(self, samples: Sound, now_s: float) -> None:
        """Play this in place of everything else; no samples: fall silent."""
        self._silence(now_s)
        self._play(samples, now_s)
        self._warned_until = self._end

    def _play(self, samples: Sound, now_s: float) -> None:
        begin = max(_samples(now_s), self._end)
        room = self._sound[begin : begin + len(samples)]
        room[:] = samples[: len(room)]
        self._end = begin + len(samples)
        audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
        if not len(audible):
            return
        first, last = begin + int(audible[0]), begin + int(audible[-1])
        if self._last_heard is None or first - self._last_heard >= PAUSE_S * SAMPLE_RATE:
            self._begins.append(first / SAMPLE_RATE)
        self._last_heard = last

    def flush(self, now_s: float) -> None:
        """Fall silent; what was still to be played is forgotten, and what comes begins anew.

        A warning is played to its end all the same.
        """
        if _samples(now_s) >= self._warned_until:
            self._silence(now_s)

    def _silence(self, now_s: float) -> None:
        now = _samples(now_s)
        self._sound[now:] = 0.0
        self._end = min(self._end, now)
        # What would only have begun later was never heard.
        self._begins = [begin for begin in self._begins if begin <= now_s]
        self._last_heard = None

    def heard(self, first: int, count: int) -> Sound:
        """What is played from sample `first` on, as far as it is decided: float32 [count]."""
        played = np.zeros(count, np.float32)
        part = self._sound[max(0, first) : max(0, first + count)]
        played[: len(part)] = part
        return played


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
