"""What the cell's own loudspeaker plays in a scripted scenario: the session's words and warnings.

As in a live cell: what turn k says is played during turn k + 1, and under a warning the session is
not heard. Knows nothing of microphones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.alarm import Priority
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.training.teaching.script import Script
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

Sound = NDArray[np.float32]
Speech = Callable[[str], Sound]
"""A text as float32 [n], mono, 16 kHz, -1..1."""


def played(script: Script, turns: int, *, speech: Speech, warning: Speech) -> Sound:
    """float32 [turns * 3200]: all of it. speech: says the session's words, at the session's pace;
    warning: says the guardian's.
    """
    sound = np.zeros(turns * TURN_SAMPLES, np.float32)
    for words in script.own:
        begin = (words.begin_turn + 1) * TURN_SAMPLES
        _put(sound, speech(words.text)[: words.turns * TURN_SAMPLES], begin, over=False)
    for seconds, text in script.warnings:
        clip = np.concatenate([attention_tone(Priority.HIGH), warning(text)])
        _put(sound, clip, round(seconds * SAMPLE_RATE), over=True)
    return np.clip(sound, -1.0, 1.0, out=sound)


def _put(into: Sound, sound: Sound, begin: int, *, over: bool) -> None:
    room = into[begin : begin + len(sound)]
    if over:
        room[:] = sound[: len(room)]
    else:
        room += sound[: len(room)]
