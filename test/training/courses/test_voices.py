from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_scenes import PRESET

from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.training.courses.voices import Voices
from tml_ros.turn.micro_turn import TURN_SAMPLES


@pytest.fixture
def voices(tmp_path: Path) -> Voices:
    made = Voices(PRESET, load_tokenizer(), folder=tmp_path / "voices")
    try:
        made.warning("Okay.")
    except SpeechUnavailableError as error:
        pytest.skip(str(error))
    return made


def test_the_session_speaks_in_whole_turns(voices: Voices) -> None:
    speech = voices.speech("Okay.")
    assert len(speech) % TURN_SAMPLES == 0
    assert np.abs(speech).max() > 0.1


def test_a_text_that_was_said_is_not_rendered_again(voices: Voices) -> None:
    assert voices.speech("Okay.") is voices.speech("Okay.")
    assert voices.warning("Warning.") is voices.warning("Warning.")
