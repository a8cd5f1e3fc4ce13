from __future__ import annotations

import numpy as np
from made_scenes import PRESET

from tml_ros.model.tokenizer import HOLD, load_tokenizer
from tml_ros.training.courses.silence import silence


def test_of_silence_nothing_is_learnt_and_nothing_is_said() -> None:
    script = silence(PRESET, load_tokenizer(), 7)
    assert len(script.dialogue) == len(script.floor) == len(script.text) == 7
    assert not script.floor_weight.any()
    assert not script.text_weight.any()
    assert (script.text == HOLD).all()
    assert not script.own
    assert not any(len(one.text) for one in script.dialogue)


def test_in_silence_every_turn_is_like_the_others() -> None:
    states = [one.state for one in silence(PRESET, load_tokenizer(), 7).dialogue]
    for state in states[2:]:
        np.testing.assert_array_equal(state, states[1])
