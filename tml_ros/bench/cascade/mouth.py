"""What is being said, block by block of 3,200 samples, and what waits to be said.

Knows nothing of why. Time is counted in samples since the session began. Of its session's thread.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from tml_ros.bench.cascade.voice import Samples, Speech, Voice
from tml_ros.turn.micro_turn import TURN_SAMPLES

GAP: Final = 4_000
"""Samples between two things said one after the other: 0.25 s."""
MOST_WAITING: Final = 16


@dataclass(frozen=True, slots=True)
class Block:
    """One turn of it. samples: float32 [3200], None where nothing is said. text: of the words that
    begin in it.
    """

    samples: Samples | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Waiting:
    text: str
    not_before: int


class Mouth:
    """Says one thing after the other."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._waiting: deque[_Waiting] = deque(maxlen=MOST_WAITING)
        self._saying: Speech | None = None
        self._place = 0
        """How much of it has been given out, in samples."""
        self._free = 0
        """Nothing new begins before this sample."""
        self._last = ""
        self._rest = ""

    @property
    def speaking(self) -> bool:
        """Whether something has begun and is not over."""
        return self._saying is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is being said or waits."""
        return self._saying is None and not self._waiting

    @property
    def last(self) -> str:
        """All of what was begun last, "" for nothing."""
        return self._last

    @property
    def rest(self) -> str:
        """What was cut short last, from the beginning of its sentence; "" for nothing."""
        return self._rest

    def say(self, text: str, *, not_before: int) -> None:
        """After what waits already, and not before that sample."""
        if text.strip():
            self._waiting.append(_Waiting(text, not_before))

    def hush(self) -> bool:
        """Say nothing more of what is being said or waits; whether anything had begun.

        The rest of what had begun, or all of what had not, can be taken up again.
        """
        saying, self._saying = self._saying, None
        waiting = " ".join(waiting.text for waiting in self._waiting)
        self._waiting.clear()
        if saying is not None:
            begun = [n for n, start in enumerate(saying.starts) if start < self._place]
            first = saying.sentences[begun[-1]] if begun else 0
            self._rest = " ".join(saying.words[first:])
        elif waiting:
            self._rest = waiting
        return saying is not None

    def block(self, begin: int) -> Block:
        """The block of samples [begin, begin + 3200), which are heard from then on."""
        samples = np.zeros(TURN_SAMPLES, np.float32)
        words: list[str] = []
        audible = False
        at = 0
        while at < TURN_SAMPLES:
            speech = self._saying or self._next(begin + at, before=begin + TURN_SAMPLES)
            if speech is None:
                break
            if self._place == 0:
                at = max(at, self._free - begin)
            audible = True
            step = min(TURN_SAMPLES - at, len(speech.samples) - self._place)
            samples[at : at + step] = speech.samples[self._place : self._place + step]
            words += [
                word
                for word, start in zip(speech.words, speech.starts, strict=True)
                if self._place <= start < self._place + step
            ]
            at, self._place = at + step, self._place + step
            if self._place >= len(speech.samples):
                self._saying = None
                self._free = begin + at + GAP
        if not audible:
            return Block()
        samples.flags.writeable = False
        return Block(samples, "".join(f"{word} " for word in words))

    def _next(self, now: int, *, before: int) -> Speech | None:
        """What begins by then; `_free` is when."""
        while self._waiting:
            first = max(now, self._free, self._waiting[0].not_before)
            if first >= before:
                return None
            speech = self._voice.speech(self._waiting.popleft().text)
            if len(speech.samples):
                self._saying, self._place, self._free = speech, 0, first
                self._last = speech.text
                return speech
        return None
