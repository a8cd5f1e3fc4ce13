"""Texts that were handed over, said by a renderer of speech in the model's place, turn by turn.

The renderer keeps the model's pace. Preparing takes as long as rendering does and belongs on no
thread that takes turns; asking for sound takes no time. Any thread.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import TURN_SAMPLES

Samples = NDArray[np.float32]

MAX_READY: Final = 32
"""Texts whose sound is kept; a session has hardly more than half as many waiting."""


class RenderedVoice:
    """A `TextVoice`.

    say: a text as speech at the model's pace, float32 [turns * 3200], -1..1; what it raises leaves
        the text to the model.
    """

    def __init__(self, say: Callable[[str], Samples]) -> None:
        """Have nothing ready."""
        self._say = say
        self._ready: OrderedDict[str, Samples] = OrderedDict()
        self._preparing = threading.Lock()
        self.problem = ""
        """What went wrong last; "" where nothing did."""

    def prepare(self, text: str) -> None:
        """Render the text unless that was done before."""
        text = text.strip()
        with self._preparing:
            if text in self._ready:
                self._ready.move_to_end(text)
                return
            self._ready[text] = self._rendered(text)
            if len(self._ready) > MAX_READY:
                self._ready.popitem(last=False)

    def samples(self, text: str, turn: int) -> Samples | None:
        """float32 [3200]: silence behind the end; None where the text is not ready."""
        speech = self._ready.get(text.strip())
        if speech is None or not len(speech):
            return None
        part = speech[turn * TURN_SAMPLES : (turn + 1) * TURN_SAMPLES]
        samples = np.zeros(TURN_SAMPLES, np.float32)
        samples[: len(part)] = part
        return samples

    def _rendered(self, text: str) -> Samples:
        try:
            return np.asarray(self._say(text), np.float32)
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
            return np.zeros(0, np.float32)
