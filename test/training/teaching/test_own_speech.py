"""What is left of what was cut short."""

from __future__ import annotations

import pytest

from tml_ros.model.conversation import Said
from tml_ros.model.voice_context import VoiceContext, voice_context
from tml_ros.sim.truth.expectation import Says
from tml_ros.training.teaching.own_speech import OwnSpeech, Speech
from tml_ros.turn.turn_output import Floor

TEXT = "Press one stopped. It runs again."


def voice() -> VoiceContext:
    return voice_context([], [], now=0.0, context_tokens=4)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("", TEXT),
        ("Pre", TEXT),
        ("Press", TEXT),
        ("Press ", TEXT),
        ("Press o", "one stopped. It runs again."),
        ("Press one stopped. It r", "runs again."),
        (TEXT, ""),
    ],
)
def test_the_rest_begins_with_the_word_that_was_cut(said: str, rest: str) -> None:
    assert Speech(TEXT, 0, said=said).rest == rest


@pytest.mark.parametrize(
    ("must", "left"), [(None, "runs again."), ("again", "runs again."), ("press", TEXT)]
)
def test_what_says_nothing_of_it_is_said_from_the_beginning(must: str | None, left: str) -> None:
    own = OwnSpeech()
    own.begin(Speech(TEXT, 3, said="Press one stopped. It r"))
    assert own.left(None) == ""
    own.end(told=True)
    assert own.left(None if must is None else Says(((must,),))) == left


def test_speech_that_follows_without_a_pause_has_not_begun_anew() -> None:
    own = OwnSpeech()
    for turns in ((4, 5), (8, 9), (13, 14)):
        own.begin(Speech("Okay.", turns[0]))
        for turn in turns:
            own.note(turn, Said("Okay.", Floor.SPEAK, (), voice(), ended=False))
        own.end()
    assert own.begins == pytest.approx([1.0, 2.8])
    assert [(one.begin_turn, one.turns) for one in own.words()] == [(4, 2), (8, 2), (13, 2)]
