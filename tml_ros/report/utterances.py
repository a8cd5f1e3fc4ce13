"""Words and sound that arrive apart, joined into what was said.

The text of an utterance and its sound travel on different topics in no common order; a warning
comes as one of each, a model's speech in pieces. Pieces without a pause between them are one
utterance. Knows nothing of ROS or clocks; one thread owns it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE

PAUSE_NS = 700_000_000
MAX_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said from `stamp_ns` on. samples: float32 [n], mono, 16 kHz; None if none came."""

    stamp_ns: int
    text: str
    samples: NDArray[np.float32] | None


class Utterances:
    """Collects one utterance at a time."""

    def __init__(self) -> None:
        """Begin in silence."""
        self._words: list[str] = []
        self._sound: list[NDArray[np.float32]] = []
        self._started_ns = 0
        self._newest_ns: int | None = None

    @property
    def words(self) -> Utterance | None:
        """The utterance so far, without its sound; None where no word of it came."""
        if not self._words:
            return None
        return Utterance(self._started_ns, "".join(self._words), None)

    @property
    def sounding(self) -> bool:
        """Whether sound of the utterance came."""
        return bool(self._sound)

    def heard_text(self, text: str, arrival_ns: int) -> Utterance | None:
        """Words arrived; the utterance that is over by now, if any."""
        done = self.advance(arrival_ns)
        self._begin(arrival_ns)
        self._words.append(text)
        return done

    def heard_sound(self, samples: NDArray[np.float32], arrival_ns: int) -> Utterance | None:
        """Sound arrived; the utterance that is over by now, if any."""
        done = self.advance(arrival_ns)
        self._begin(arrival_ns)
        if sum(map(len, self._sound)) < MAX_SECONDS * SAMPLE_RATE:
            self._sound.append(samples)
        return done

    def advance(self, now_ns: int) -> Utterance | None:
        """Time has passed; the utterance that is over by now, if any."""
        if self._newest_ns is None or now_ns - self._newest_ns < PAUSE_NS:
            return None
        return self.finish()

    def finish(self) -> Utterance | None:
        """The utterance so far, whether over or not."""
        if self._newest_ns is None:
            return None
        sound = np.concatenate(self._sound) if self._sound else None
        done = Utterance(self._started_ns, "".join(self._words), sound)
        self._words, self._sound, self._newest_ns = [], [], None
        return done if done.text else None

    def _begin(self, arrival_ns: int) -> None:
        if self._newest_ns is None:
            self._started_ns = arrival_ns
        self._newest_ns = arrival_ns
