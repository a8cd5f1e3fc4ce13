from __future__ import annotations

import math

import numpy as np
import pytest

from tml_ros.bench.cascade.grammar import Phrase, phrases_of
from tml_ros.bench.cascade.recogniser import Guess, Recogniser
from tml_ros.bench.cascade.recognition_trial import (
    ANSWERED,
    UNANSWERED,
    ZONES,
    Trial,
    figures,
    in_noise,
    trials,
)
from tml_ros.sim.sound.spoken import active_db
from tml_ros.sim.split import Split
from tml_ros.sim.talk.act import Act
from tml_ros.sim.talk.phrasebook import GrammarPhrase

SAFE = GrammarPhrase("Is it safe to enter the press area?", Act.ASK_SAFE, "press_area")
TALK = GrammarPhrase("We had snow in April once.", Act.CHATTER, "")


class Believer:
    """Believes what fits at all."""

    def believes(self, guess):
        return guess.fit > -50


def guess(act, about="", fit=-10.0):
    return Guess(Phrase("so it was", act, about), fit, 1.0)


NOTHING = Guess(None, -math.inf, 0.0)


@pytest.mark.parametrize(
    ("said", "guesses", "counted"),
    [
        (SAFE, (guess(Act.ASK_SAFE, "press_area"),), (1, 0, 0)),
        (SAFE, (guess(Act.ASK_SAFE, "robot_area"),), (0, 1, 0)),
        (SAFE, (guess(Act.ASK_SAFE, "press_area"), guess(Act.STOP)), (0, 1, 0)),
        (SAFE, (NOTHING, guess(Act.ASK_SAFE, "press_area")), (1, 0, 0)),
        (SAFE, (guess(Act.ASK_SAFE, "press_area", fit=-60.0),), (0, 0, 0)),
        (SAFE, (guess(Act.CHATTER),), (0, 0, 0)),
        (SAFE, (), (0, 0, 0)),
        (TALK, (guess(Act.STOP),), (0, 0, 1)),
        (TALK, (guess(Act.CHATTER),), (0, 0, 0)),
    ],
)
def test_what_counts_as_right_mistaken_and_answered(said, guesses, counted):
    found = figures(Believer(), [Trial(said, guesses)])
    assert (found.right, found.mistaken, found.answered) == counted


def test_every_act_is_either_to_be_answered_or_not():
    assert set(ANSWERED) | set(UNANSWERED) == set(Act)
    assert not set(ANSWERED) & set(UNANSWERED)


@pytest.mark.parametrize("noise", ["white", "pink"])
def test_speech_stands_out_of_the_noise_by_as_much_as_is_asked_for(stage, noise):
    speech = stage.line("Is it safe to enter the press area?")
    sound = in_noise(speech, 10.0, noise, np.random.default_rng(0))
    before = sound[: 4 * 16_000]
    assert active_db(speech) - 10 * np.log10(np.mean(before**2)) == pytest.approx(10.0, abs=0.3)


def test_the_recogniser_understands_most_of_what_is_for_it_and_answers_little_else(cascade):
    recogniser = Recogniser(phrases_of(ZONES))
    made = list(
        trials(
            recogniser,
            wordings=Split.TRAIN,
            voices=Split.TRAIN,
            snr_db=30.0,
            noise="pink",
            per_act=2,
            seed=4,
            acts=(Act.ASK_SAFE, Act.REMIND, Act.STOP, Act.NEAR_MISS),
        )
    )
    found = figures(recogniser, made)
    assert (found.commands, found.others) == (6, 8)
    assert found.right >= 0.5
    assert found.answered <= 0.13
