"""What an evaluated cell plays, and the utterances that are made of it."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.evaluation.cell_voice import CellVoice
from tml_ros.bench.judge.conduct import Speaker
from tml_ros.cell.announcer import Announcement
from tml_ros.safety.alarm import Priority
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import Floor, TurnOutput

SECOND = 1_000_000_000


def turn(index: int, text: str = "", *, loud: slice = slice(None), floor: Floor = Floor.SPEAK):
    speech = np.zeros(TURN_SAMPLES, np.float32)
    speech[loud] = 0.5
    return TurnOutput(index, speech=speech, text=text, floor=floor)


def warning(text: str, seconds: float, priority: Priority = Priority.HIGH) -> Announcement:
    samples = np.full(round(seconds * 16_000), 0.25, np.float32)
    return Announcement(0, text, priority, samples)


def test_speech_of_a_turn_is_heard_in_the_next_one() -> None:
    voice = CellVoice(10.0)
    voice.speak(turn(4, "Yes."))
    assert not voice.heard(4).any()
    assert (voice.heard(5) == 0.5).all()
    (said,) = voice.utterances()
    assert (said.start_s, said.end_s, said.text) == (1.0, pytest.approx(1.2), "Yes.")
    assert said.by is Speaker.MODEL
    assert not said.cut


def test_an_utterance_begins_and_ends_with_what_is_audible() -> None:
    voice = CellVoice(10.0)
    voice.speak(turn(0, "It is ", loud=slice(800, None)))
    voice.speak(turn(1, "safe.", loud=slice(0, 1600)))
    (said,) = voice.utterances()
    assert (said.start_s, said.end_s) == (pytest.approx(0.25), pytest.approx(0.5))
    assert said.text == "It is safe."


@pytest.mark.parametrize(("silent", "count"), [(1, 1), (2, 1), (3, 2), (8, 2)])
def test_a_pause_of_0_6_s_parts_two_utterances(silent: int, count: int) -> None:
    voice = CellVoice(10.0)
    voice.speak(turn(0, "One."))
    voice.speak(turn(1 + silent, "Two."))
    assert len(voice.utterances()) == count


def test_a_backchannel_is_an_utterance_of_its_own() -> None:
    voice = CellVoice(10.0)
    voice.speak(turn(0, "mm-hm", floor=Floor.BACKCHANNEL))
    voice.speak(turn(1, "Yes."))
    assert [one.backchannel for one in voice.utterances()] == [True, False]


def test_speech_that_ends_within_a_sentence_was_cut() -> None:
    voice = CellVoice(10.0)
    voice.speak(turn(0, "The bearing of the"))
    (said,) = voice.utterances()
    assert said.cut


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (("Okay.", "One."), "Okay. One."),
        (("It is", " safe."), "It is safe."),
        (("3.", "5 bar."), "3.5 bar."),
        (("acknow", "ledged."), "acknowledged."),
    ],
)
def test_sentences_begun_one_after_the_other_are_not_run_together(
    pieces: tuple[str, ...], text: str
) -> None:
    voice = CellVoice(10.0)
    for index, piece in enumerate(pieces):
        voice.speak(turn(index, piece))
    assert [one.text for one in voice.utterances()] == [text]


def test_the_words_of_a_turn_are_spread_over_it() -> None:
    voice = CellVoice(10.0)
    voice.speak(turn(0, "all is well "))
    (said,) = voice.utterances()
    assert [word.word for word in said.words] == ["all", "is", "well"]
    assert [word.start_s for word in said.words] == pytest.approx([0.2, 0.2667, 0.3333], abs=1e-3)


def test_a_warning_silences_the_model_under_it() -> None:
    voice = CellVoice(10.0)
    voice.warn([warning("Person in press area.", 0.3)], SECOND)
    for index in range(4, 9):
        voice.speak(turn(index, "..."))
    assert (voice.sound[16_000 : 16_000 + 4_800] == 0.25).all()
    assert (voice.sound[16_000 + 4_800 : 32_000] == 0.5).all()


def test_a_more_urgent_warning_cuts_a_warning_short_which_is_said_again() -> None:
    voice = CellVoice(20.0)
    voice.warn([warning("Siren.", 2.0)], SECOND)
    voice.warn([warning("Fire.", 1.0, Priority.CRITICAL)], SECOND + SECOND // 2)
    for tick in range(100):
        voice.advance(2 * SECOND + tick * SECOND // 10)
    said = [(one.text, one.cut) for one in voice.utterances()]
    assert said == [("Siren.", True), ("Fire.", False), ("Siren.", False)]
    first, second, _ = voice.utterances()
    assert first.end_s == pytest.approx(1.5)
    assert second.start_s >= 1.5


def test_what_comes_after_the_end_is_not_kept() -> None:
    voice = CellVoice(1.0)
    voice.speak(turn(10, "late"))
    voice.warn([warning("Late.", 3.0)], SECOND - 1_000)
    assert len(voice.sound) == 16_000
