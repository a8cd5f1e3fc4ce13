from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.cascade.mouth import GAP, Mouth
from tml_ros.bench.cascade.voice import MOST_KEPT, Voice
from tml_ros.turn.micro_turn import TURN_SAMPLES

LETTER = 800
"""Samples that a letter lasts here."""


def render(text):
    sound = np.full(len(text) * LETTER, 0.5, np.float32)
    return np.concatenate([np.zeros(500, np.float32), sound, np.zeros(300, np.float32)])


def mouth():
    return Mouth(Voice(render))


def said(lips, turns, first=0):
    """Sound and text of so many turns from turn `first` on."""
    blocks = [lips.block((first + turn) * TURN_SAMPLES) for turn in range(turns)]
    silent = np.zeros(TURN_SAMPLES, np.float32)
    sound = np.concatenate([silent if b.samples is None else b.samples for b in blocks])
    return sound, [block.text for block in blocks]


def test_speech_comes_in_blocks_without_a_seam_and_each_word_in_the_block_where_it_begins():
    lips = mouth()
    lips.say("Yes. It is clear.", not_before=0)
    sound, texts = said(lips, 6)
    spoken = np.flatnonzero(sound)
    assert (spoken[0], spoken[-1] + 1) == (0, 17 * LETTER)
    assert np.all(sound[: spoken[-1] + 1])
    assert "".join(texts).strip() == "Yes. It is clear."
    assert texts == ["Yes. ", "It ", "is ", "clear. ", "", ""]
    assert not lips.speaking and lips.idle


@given(not_before=st.integers(0, 20_000))
def test_it_begins_to_the_sample(not_before):
    lips = mouth()
    lips.say("Yes.", not_before=not_before)
    sound, _ = said(lips, 10)
    assert np.flatnonzero(sound)[0] == not_before


def test_one_thing_is_said_after_the_other():
    lips = mouth()
    lips.say("One.", not_before=0)
    lips.say("Two.", not_before=0)
    sound, texts = said(lips, 6)
    spoken = np.flatnonzero(sound)
    assert np.diff(spoken).max() == GAP + 1
    assert "".join(texts).split() == ["One.", "Two."]


def test_told_to_hush_it_is_silent_and_remembers_the_sentence():
    lips = mouth()
    lips.say("Yes. Somebody is in the robot area.", not_before=0)
    said(lips, 5)
    assert lips.speaking
    assert lips.hush()
    assert lips.rest == "Somebody is in the robot area."
    assert lips.last == "Yes. Somebody is in the robot area."
    sound, texts = said(lips, 5, first=5)
    assert not sound.any() and not any(texts)


def test_what_had_not_begun_can_be_taken_up_again_too():
    lips = mouth()
    lips.say("Later.", not_before=100_000)
    assert not lips.speaking and not lips.idle
    assert not lips.hush()
    assert (lips.rest, lips.last, lips.idle) == ("Later.", "", True)


def test_hushing_when_silent_forgets_nothing():
    lips = mouth()
    lips.say("A long word to be cut.", not_before=0)
    said(lips, 2)
    lips.hush()
    assert not lips.hush()
    assert lips.rest == "A long word to be cut."


def test_nothing_is_said_of_a_text_without_words():
    lips = mouth()
    lips.say("  ", not_before=0)
    assert lips.idle


def test_a_text_that_makes_no_sound_is_passed_over():
    lips = Mouth(Voice(lambda text: np.zeros(0 if text == "*." else 800, np.float32) + 0.5))
    lips.say("*", not_before=0)
    lips.say("Yes", not_before=0)
    assert "".join(said(lips, 3)[1]).split() == ["Yes."]


def test_the_voice_renders_a_text_once_and_keeps_only_so_many():
    rendered = []

    def count(text):
        rendered.append(text)
        return render(text)

    voice = Voice(count)
    first = voice.speech("No  dot")
    assert voice.speech("No dot.") is first
    assert first.text == "No dot." and rendered == ["No dot."]
    for number in range(MOST_KEPT):
        voice.speech(f"Text {number}.")
    voice.speech("No dot.")
    assert rendered.count("No dot.") == 2


def test_speech_is_read_only():
    with pytest.raises(ValueError, match="read-only"):
        Voice(render).speech("Yes.").samples[0] = 1.0
