"""What the cell's own loudspeaker plays in a scripted scenario: the session's words and warnings.

As in a live cell: what turn k says is played during turn k + 1, and under a warning the session is
not heard. Knows nothing of microphones.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tml_ros.devices.speech_renderer import SpeechRenderer
from tml_ros.safety.alarm import Priority
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.training.teaching.script import Script
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

Sound = NDArray[np.float32]
Speech = Callable[[str], Sound]
"""A text as float32 [n], mono, 16 kHz, -1..1."""

KEPT_TEXTS = 2048
"""Some 250 MB of speech."""


class RenderedSpeech:
    """The voice of the cell's warnings, quickly the second time. One thread owns it.

    Raises SpeechUnavailableError at the first call where espeak-ng is missing.
    """

    def __init__(self, language: str = "en") -> None:
        """Start nothing yet."""
        self._language = language
        self._renderer: SpeechRenderer | None = None
        self._kept: OrderedDict[str, Sound] = OrderedDict()

    def __call__(self, text: str) -> Sound:
        """The text spoken."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        if self._renderer is None:
            self._renderer = SpeechRenderer(self._language)
        sound = self._kept[text] = self._renderer.render(text)
        if len(self._kept) > KEPT_TEXTS:
            self._kept.popitem(last=False)
        return sound

    def __reduce__(self) -> tuple[type[RenderedSpeech], tuple[str]]:
        """Another process speaks anew."""
        return RenderedSpeech, (self._language,)


def own_speech(script: Script, turns: int, speech: Speech, warning: Speech) -> Sound:
    """float32 [turns * 3200]: what the loudspeaker plays. warning: says the guardian's texts."""
    played = np.zeros(turns * TURN_SAMPLES, np.float32)
    for words in script.own:
        begin = (words.begin_turn + 1) * TURN_SAMPLES
        _put(played, speech(words.text)[: words.turns * TURN_SAMPLES], begin, over=False)
    for seconds, text in script.warnings:
        clip = np.concatenate([attention_tone(Priority.HIGH), warning(text)])
        _put(played, clip, round(seconds * SAMPLE_RATE), over=True)
    return np.clip(played, -1.0, 1.0, out=played)


def _put(into: Sound, sound: Sound, begin: int, *, over: bool) -> None:
    room = into[begin : begin + len(sound)]
    if over:
        room[:] = sound[: len(room)]
    else:
        room += sound[: len(room)]
