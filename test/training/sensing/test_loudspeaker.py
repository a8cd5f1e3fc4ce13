from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_scenes import PRESET
from numpy.typing import NDArray

from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.training.courses.silence import silence
from tml_ros.training.sensing.loudspeaker import played
from tml_ros.training.teaching.script import OwnWords, Script
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

SILENT = silence(PRESET, load_tokenizer(), 20)


def said(text: str) -> NDArray[np.float32]:
    """Half as loud as can be, a turn for each letter."""
    return np.full(len(text) * TURN_SAMPLES, 0.5, np.float32)


def warned(text: str) -> NDArray[np.float32]:
    return np.full(len(text) * TURN_SAMPLES, -0.25, np.float32)


def words(text: str, begin: int, turns: int) -> OwnWords:
    return OwnWords(text, begin, turns, urgent=False, backchannel=False, handed_over=False)


def loud(script: Script) -> list[int]:
    """Turns in which the session's words are heard in the middle."""
    sound = played(script, 20, speech=said, warning=warned)
    return np.flatnonzero(sound[TURN_SAMPLES // 2 :: TURN_SAMPLES] == 0.5).tolist()


def test_nothing_is_played_of_a_silent_script() -> None:
    assert not played(SILENT, 20, speech=said, warning=warned).any()


def test_what_a_turn_says_is_played_in_the_next() -> None:
    assert loud(replace(SILENT, own=(words("abc", 4, 3),))) == [5, 6, 7]


def test_words_that_were_broken_off_are_cut() -> None:
    assert loud(replace(SILENT, own=(words("abcdef", 4, 2), words("a", 9, 1)))) == [5, 6, 10]


def test_speech_beyond_the_end_is_left_out() -> None:
    assert loud(replace(SILENT, own=(words("abcdef", 16, 6),))) == [17, 18, 19]


def test_under_a_warning_the_session_is_not_heard() -> None:
    script = replace(SILENT, own=(words("abcdefghijklmnopqr", 0, 18),), warnings=((1.0, "xx"),))
    sound = played(script, 20, speech=said, warning=warned)
    begin = SAMPLE_RATE
    assert (sound[begin - 1], sound[begin] == 0.5) == (0.5, False)
    # The attention tone comes first, then the words.
    last = int(np.flatnonzero(sound == -0.25)[-1])
    assert np.flatnonzero(sound == -0.25)[0] == last + 1 - 2 * TURN_SAMPLES
    assert not (sound[begin:last] == 0.5).any()
    assert sound[last + 1] == 0.5
