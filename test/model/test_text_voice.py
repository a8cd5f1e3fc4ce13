"""Another voice in the model's mouth: when it is heard, and what it leaves as it was."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_model import random_turn, tiny_preset

from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.native_model import NativeModel
from tml_ros.model.text_voice import VoicedSession
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.turn.micro_turn import TURN_SAMPLES, MicroTurn
from tml_ros.turn.turn_output import TurnOutput

TALK = "Bearing of press 2 at 71 degrees"


class Levels:
    """A voice whose n-th turn has the level n / 100; ready: texts that it says."""

    def __init__(self, *ready: str, turns: int = 1_000) -> None:
        self.ready = set(ready)
        self.turns = turns

    def prepare(self, text: str) -> None:
        self.ready.add(text)

    def samples(self, text: str, turn: int) -> np.ndarray | None:
        if text not in self.ready or turn >= self.turns:
            return None
        return np.full(TURN_SAMPLES, turn / 100, np.float32)


@pytest.fixture(scope="module")
def tiny() -> NativeModel:
    net = fresh_net(tiny_preset(), seed=4)
    return NativeModel(net, load_tokenizer(), name="tiny", rows=2)


def turns(count: int) -> list[MicroTurn]:
    rng = np.random.default_rng(0)
    return [random_turn(index, rng) for index in range(count)]


def said(tiny: NativeModel, voice: Levels | None, *, late: int | None = None) -> list[TurnOutput]:
    """A text said from the first turn on; `late`: ready only from this turn on."""
    session = tiny.open_session()
    assert isinstance(session, VoicedSession)
    if voice is not None:
        session.speak_by(voice)
    session.inject(TALK, how="spoken", urgent=True)
    out = []
    for turn in turns(16):
        if voice is not None and turn.index == late:
            voice.prepare(TALK)
        out.append(session.step(turn))
    session.close()
    return out


def levels(outputs: list[TurnOutput]) -> list[float | None]:
    return [None if one.speech is None else round(float(one.speech[0]), 2) for one in outputs]


def test_it_says_what_it_has_ready_in_the_same_turns(tiny: NativeModel) -> None:
    own, lent = said(tiny, None), said(tiny, Levels(TALK))
    speaking = sum(output.speech is not None for output in own)
    assert 5 < speaking < 16
    assert levels(lent) == [n / 100 if n < speaking else None for n in range(16)]
    for one, other in zip(own, lent, strict=True):
        assert (one.text, one.floor, one.hazards) == (other.text, other.floor, other.hazards)


@pytest.mark.parametrize(("voice", "late"), [(Levels("Something else"), None), (Levels(), 2)])
def test_what_is_not_ready_at_the_beginning_is_said_by_the_model_to_the_end(
    tiny: NativeModel, voice: Levels, late: int | None
) -> None:
    own = said(tiny, None)
    for one, other in zip(own, said(tiny, voice, late=late), strict=True):
        assert (one.speech is None) == (other.speech is None)
        if one.speech is not None:
            np.testing.assert_array_equal(one.speech, other.speech)


def test_a_voice_that_fails_on_the_way_is_followed_by_the_models_own(tiny: NativeModel) -> None:
    own, lent = said(tiny, None), said(tiny, Levels(TALK, turns=3))
    assert levels(lent)[:3] == [0.0, 0.01, 0.02]
    assert [one.speech is None for one in lent] == [one.speech is None for one in own]


def test_a_text_that_begins_again_is_asked_for_again(tiny: NativeModel) -> None:
    session = tiny.open_session()
    voice = Levels()
    session.speak_by(voice)
    given = turns(12)
    session.inject(TALK, how="spoken", urgent=True)
    first = [session.step(turn) for turn in given[:3]]
    session.reset()
    voice.prepare(TALK)
    session.inject(TALK, how="spoken", urgent=True)
    second = [session.step(turn) for turn in given[:3]]
    assert all(output.speech is not None for output in first)
    assert levels(second) == [0.0, 0.01, 0.02]
    session.close()
