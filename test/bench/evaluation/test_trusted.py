"""A model that is believed by decree says findings as it would in a cell."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="no model can be opened here")

from tiny_model import random_turn, tiny_preset

from tml_ros.bench.evaluation.trusted import TrustedModel
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.rendered_voice import RenderedVoice
from tml_ros.cell.replay import Replay
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.native_model import NativeModel
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.turn.micro_turn import TURN_SAMPLES

CELL = CellDescription.model_validate({"cell": "c", "microphones": {"mic": {}}})


def spoken(voice: RenderedVoice | None) -> list[np.ndarray]:
    native = NativeModel(fresh_net(tiny_preset(), seed=4), load_tokenizer(), name="tiny")
    model = TrustedModel(native, text_voice=voice)
    interaction = Replay(CELL, model=model, text_voice=model.text_voice).interaction
    assert interaction.hand_over("71 degrees.", spoken=True, urgent=True)
    rng = np.random.default_rng(0)
    outputs = [interaction.answer(random_turn(index, rng)) for index in range(10)]
    assert len(model.times) == 10
    return [one.speech for one in outputs if one.speech is not None]


def test_findings_are_said_by_the_text_voice_in_as_many_turns() -> None:
    level = np.float32(0.25)
    voice = RenderedVoice(lambda text: np.full(50 * TURN_SAMPLES, level))
    lent, own = spoken(voice), spoken(None)
    assert len(lent) == len(own) > 2
    assert all((speech == level).all() for speech in lent)
    assert not any((speech == level).all() for speech in own)
