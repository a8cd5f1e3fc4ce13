"""Another voice for text that was handed over: where it is ready, it is heard instead of the net's.

It says a text at the same pace and in the same turns, so that nothing but the sound differs. Knows
nothing of how sound is made. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.interface import Session


class TextVoice(Protocol):
    """Says whole texts."""

    def prepare(self, text: str) -> None:
        """Have the text's sound ready, where this voice is to say it at all.

        May take longer than a turn, so it is called before the text is handed over. Called again it
        does nothing, even where it failed. Any thread.
        """

    def samples(self, text: str, turn: int) -> NDArray[np.float32] | None:
        """The sound of the text's turn, counted from 0: float32 [3200], mono, 16 kHz, -1..1.

        None where the text is not ready or is not for this voice. Takes no time. Any thread.
        """


@runtime_checkable
class VoicedSession(Session, Protocol):
    """A session that can lend its mouth to another voice."""

    def speak_by(self, voice: TextVoice) -> None:
        """Let this voice say what it has ready when it begins; `reset` does not change it."""


@dataclass(frozen=True, slots=True)
class KnownText:
    """A text that was handed over and is being said. turn: which of its turns, from 0."""

    text: str
    turn: int
