"""Who speaks in a cell while lessons are made: the session at its own pace, and the guardian.

Neither is rendered before it is first heard. One thread owns it.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.paced_speech import LANGUAGE, PacedSpeech
from tml_ros.devices.speech_renderer import SpeechRenderer
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import TextTokenizer

Sound = NDArray[np.float32]

WARNINGS_KEPT: Final = 512


class Voices:
    """folder: where the session's speech is kept for other processes and for the next time.

    Calls raise SpeechUnavailableError where espeak-ng is missing.
    """

    def __init__(self, preset: Preset, tokenizer: TextTokenizer, *, folder: Path | None) -> None:
        """Start nothing yet."""
        self._preset, self._tokenizer, self._folder = preset, tokenizer, folder
        self._paced: PacedSpeech | None = None
        self._renderer: SpeechRenderer | None = None
        self._warnings: OrderedDict[str, Sound] = OrderedDict()

    def speech(self, text: str) -> Sound:
        """What the session says, as `PacedSpeech` does."""
        if self._paced is None:
            self._paced = PacedSpeech(self._preset, self._tokenizer, folder=self._folder)
        return self._paced(text)

    def warning(self, text: str) -> Sound:
        """What the guardian says: float32 [n], mono, 16 kHz."""
        if text not in self._warnings:
            if self._renderer is None:
                self._renderer = SpeechRenderer(LANGUAGE)
            self._warnings[text] = self._renderer.render(text)
            if len(self._warnings) > WARNINGS_KEPT:
                self._warnings.popitem(last=False)
        return self._warnings[text]
