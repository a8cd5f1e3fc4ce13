"""Which models are given a voice for findings, and that it keeps their pace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="no model can be opened here")

from tiny_model import random_turn, tiny_preset

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.handed_over_voice import handed_over_voice
from tml_ros.cell.interaction import Interaction
from tml_ros.cell.paced_choice import SpokenKind, VoiceChoice
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.native_model import NativeModel
from tml_ros.model.tokenizer import load_tokenizer

TALK = "Bearing of press 2: 71 degrees, 9 more than an hour ago."
CELL = CellDescription.model_validate({"cell": "c", "microphones": {"mic": {}}})


def model(*, trained: bool = True, facts: Mapping[str, Any] | None = None) -> NativeModel:
    net = fresh_net(tiny_preset(), seed=4)
    return NativeModel(net, load_tokenizer(), name="tiny", trained=trained, facts=facts or {})


@pytest.mark.parametrize(
    ("trained", "own", "rendered"),
    [
        (True, set(), True),
        (True, {SpokenKind.ANSWER, SpokenKind.WARNING}, True),
        (True, {SpokenKind.FINDING}, False),
        (False, set(), False),
    ],
)
def test_a_voice_is_given_where_the_weights_do_not_say_findings_well(
    trained: bool, own: set[SpokenKind], rendered: bool
) -> None:
    facts = VoiceChoice(frozenset(own)).as_facts()
    assert (handed_over_voice(model(trained=trained, facts=facts)) is not None) == rendered


def test_no_model_and_facts_that_make_no_sense() -> None:
    assert handed_over_voice(None) is None
    with pytest.raises(ValueError, match="voice_choice"):
        handed_over_voice(model(facts={"voice_choice": ["song"]}))


def test_a_finding_is_said_by_it_from_the_first_turn_to_the_last() -> None:
    native = model()
    voice = handed_over_voice(native)
    interaction = Interaction(CELL, native, text_voice=voice)
    assert voice is not None
    assert interaction.hand_over(TALK, spoken=True, urgent=True)
    assert voice.problem == ""
    rng = np.random.default_rng(0)
    outputs = [interaction.answer(random_turn(index, rng)) for index in range(40)]
    assert "".join(one.text for one in outputs).strip() == TALK
    spoken = [one.speech for one in outputs if one.speech is not None]
    for turn, speech in enumerate(spoken):
        wanted = voice.samples(TALK, turn)
        assert wanted is not None
        np.testing.assert_array_equal(speech, wanted)
    whole = np.concatenate(spoken)
    assert np.abs(whole).max() > 0.3
    after = voice.samples(TALK, len(spoken))
    assert after is not None and not after.any(), "nothing was left to say"
