from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.cascade import recogniser as module
from tml_ros.bench.cascade.endpointing import Endpointer, SpeechEnded
from tml_ros.bench.cascade.grammar import phrases_of
from tml_ros.bench.cascade.noise_reduction import reduced
from tml_ros.bench.cascade.recogniser import Recogniser, RecogniserMissingError
from tml_ros.sim.talk.act import Act


@pytest.fixture(scope="module")
def recogniser(cascade):
    return Recogniser(phrases_of(("press_area", "robot_area")))


def utterance(stage, text, voice="en-us+m3", noise_db=-50.0):
    sound = stage.room(len(stage.line(text, voice)) / 16_000 + 2.4, [], noise_db=noise_db)
    speech = stage.line(text, voice)
    sound[19_200 : 19_200 + len(speech)] += speech
    events = Endpointer().push(sound, np.zeros_like(sound))
    (ended,) = (event for event in events if isinstance(event, SpeechEnded))
    return reduced(ended.samples, ended.voiced), ended.voiced


@pytest.mark.parametrize(
    ("text", "act", "about"),
    [
        ("Is it safe to enter the press area?", Act.ASK_SAFE, "press_area"),
        ("Is it safe to enter the robot area?", Act.ASK_SAFE, "robot_area"),
        ("Remind me in thirty seconds.", Act.REMIND, "30"),
        ("What is the alarm?", Act.ASK_ALARM, ""),
        ("Be quiet.", Act.STOP, ""),
    ],
)
def test_what_is_in_the_grammar_is_understood_in_quiet_and_in_noise(
    recogniser, stage, text, act, about
):
    for noise_db in (-50.0, -35.0):
        phrase = recogniser.recognise(*utterance(stage, text, noise_db=noise_db))
        assert phrase is not None
        assert (phrase.act, phrase.about) == (act, about)


def test_british_speech_is_understood_too(recogniser, stage):
    phrase = recogniser.recognise(*utterance(stage, "Tell me when forty seconds are over.", "en"))
    assert phrase is not None
    assert (phrase.act, phrase.about) == (Act.REMIND, "40")


@pytest.mark.parametrize(
    "text",
    ["My phone battery is nearly empty.", "The garden needs water after this heat.", "Aha."],
)
def test_what_is_not_in_the_grammar_is_none_of_it(recogniser, stage, text):
    phrase = recogniser.recognise(*utterance(stage, text))
    assert phrase is None or not phrase.act.addressed


def test_noise_is_nothing_that_was_said(recogniser):
    rng = np.random.default_rng(0)
    sound = (rng.standard_normal(16_000) * 0.1).astype(np.float32)
    assert recogniser.recognise(sound, np.ones(50, bool)) is None
    assert recogniser.recognise(sound, np.zeros(50, bool)) is None


def test_the_same_sound_gives_the_same_guess_whatever_came_before(recogniser, stage):
    first = utterance(stage, "Are you listening?")
    guess = recogniser.guess(*first)
    recogniser.guess(*utterance(stage, "Why did the press stop?", "en+f2", -30.0))
    assert recogniser.guess(*first) == guess


def test_a_word_that_no_dictionary_has_is_understood(cascade, stage):
    knows = Recogniser(phrases_of(("gribblox_area", "press_area")))
    phrase = knows.recognise(*utterance(stage, "Is somebody in the gribblox area?"))
    assert phrase is not None and phrase.about == "gribblox_area"


def test_without_pocketsphinx_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(RecogniserMissingError, match=r"pip install 'tml_ros\[bench\]'"):
        Recogniser(phrases_of(()))
