import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.cell import paced_speech
from tml_ros.cell.paced_speech import SAID_AS, PacedSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset_file import load_preset
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.sim.talk import replies
from tml_ros.turn.micro_turn import TURN_SAMPLES

PRESET = load_preset("nano")
TOKENIZER = load_tokenizer(vocabulary=PRESET.text.vocabulary)
RATE = 16_000
needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="the program espeak-ng is not installed"
)


class Letters:
    """Speech of 60 ms a letter, each word at its own level, with the gap between words."""

    def __init__(self, ms: int = 60) -> None:
        self.ms = ms
        self.asked: list[str] = []

    def __call__(self, text: str, *, word_gap_ms: int = 0) -> np.ndarray:
        self.asked.append(text)
        gap = np.zeros(RATE * word_gap_ms // 1000, np.float32)
        pieces = [gap]
        for word in text.split():
            letters = sum(map(str.isalnum, word))
            rng = np.random.default_rng(len(word))
            noise = rng.uniform(-0.9, 0.9, RATE * self.ms * letters // 1000)
            pieces += [noise.astype(np.float32), gap]
        return np.concatenate(pieces)


def begins_s(speech: np.ndarray) -> list[float]:
    """When sound begins after at least 15 ms of silence."""
    step = RATE // 200
    loud = np.abs(speech[: len(speech) // step * step]).reshape(-1, step).max(1) > 0.05
    at = np.flatnonzero(loud)
    first = at[np.flatnonzero(np.diff(at, prepend=-10) > 3)]
    return [place * step / RATE for place in first]


def token_start_s(text: str, character: int) -> float:
    spoken = HandedOverText(text, urgent=False, tokenizer=TOKENIZER, preset=PRESET)
    size = 0
    for one in spoken.timed:
        size += len(TOKENIZER.piece(one.token))
        if size > len(text[:character].encode()):
            return one.start
    raise AssertionError


@pytest.mark.parametrize(
    "text",
    ["Warning. Person in press area. Step back.", "Nobody is near.", "Okay.", "Größe prüfen"],
)
def test_words_begin_when_their_tokens_begin(text):
    # 40 ms a letter leaves pauses that are seen even where words are drawn out.
    speech = PacedSpeech(PRESET, TOKENIZER, render=Letters(ms=40))(text)
    wanted, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        wanted.append(token_start_s(text, at))
        at += len(word)
    assert begins_s(speech) == pytest.approx(wanted, abs=0.03)


@given(st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=80))
@settings(max_examples=40, deadline=None)
def test_any_text_lasts_the_turns_that_the_model_takes_for_it(text):
    if not text.strip():
        return
    spoken = HandedOverText(text.strip(), urgent=False, tokenizer=TOKENIZER, preset=PRESET)
    speech = PacedSpeech(PRESET, TOKENIZER, render=Letters())(text)
    while not spoken.over:
        spoken.give_out()
        spoken.turns += 1
    assert speech.shape == (spoken.turns * TURN_SAMPLES,)
    assert np.abs(speech).max(initial=0) <= 1.0


def test_words_that_need_more_time_than_they_have_come_late_and_all_are_said():
    speech = PacedSpeech(PRESET, TOKENIZER, render=Letters(ms=140))("one two three four")
    assert begins_s(speech)[0] == pytest.approx(0.0, abs=0.01)
    # One follows the other to the end.
    assert np.abs(speech).reshape(-1, 160).max(1)[1:-1].mean() > 0.7
    assert np.abs(speech[-32:]).max() < 0.5


@pytest.mark.parametrize("text", ["...", "", " ", "\ud800", "\N{WAVING HAND SIGN}!"])
def test_what_has_no_word_takes_its_turns_in_silence(text):
    speech = PacedSpeech(PRESET, TOKENIZER, render=Letters())(text)
    assert len(speech) >= TURN_SAMPLES
    assert not speech.any()


def test_long_sentences_are_said_in_several_breaths():
    render = Letters()
    PacedSpeech(PRESET, TOKENIZER, render=render)("word " * 100)
    assert max(map(len, render.asked)) <= paced_speech.LONGEST_SENTENCE
    assert sum(len(asked.split()) for asked in render.asked) == 100


def test_a_text_is_made_once_and_cannot_be_changed():
    render = Letters()
    speech = PacedSpeech(PRESET, TOKENIZER, render=render)
    first = speech("Step back.")
    assert speech(" Step back. ") is first
    assert len(render.asked) == 1
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(paced_speech, "REMEMBERED", 2)
    render = Letters()
    speech = PacedSpeech(PRESET, TOKENIZER, render=render)
    for text in ("one", "two", "three", "one"):
        speech(text)
    assert render.asked == ["one", "two", "three", "one"]


def test_what_is_kept_in_a_folder_is_the_same_to_the_bit(tmp_path):
    render = Letters()
    first = PacedSpeech(PRESET, TOKENIZER, folder=tmp_path, render=render)("Step back.")
    again = PacedSpeech(PRESET, TOKENIZER, folder=tmp_path, render=render)("Step back.")
    assert np.array_equal(first, again)
    assert len(render.asked) == 1


def test_another_pace_is_not_taken_from_the_folder(tmp_path):
    render = Letters()
    slow = PRESET.changed(text={"characters_per_second": 7.0})
    quick = PacedSpeech(PRESET, TOKENIZER, folder=tmp_path, render=render)("Step back at once.")
    assert len(
        PacedSpeech(slow, TOKENIZER, folder=tmp_path, render=render)("Step back at once.")
    ) > len(quick)


def test_signs_of_listening_are_said_and_not_spelled():
    assert all(sign.isalpha() or sign in SAID_AS for sign in replies.BACKCHANNELS)
    render = Letters()
    PacedSpeech(PRESET, TOKENIZER, render=render)("Mm-hm, go on.")
    assert render.asked == ["um hum, go on."]


@needs_espeak
def test_espeak_says_it_at_the_pace():
    text = "Warning. Person in press area. Step back."
    speech = PacedSpeech(PRESET, TOKENIZER)(text)
    spoken = HandedOverText(text, urgent=False, tokenizer=TOKENIZER, preset=PRESET)
    assert len(speech) == spoken.lasts * TURN_SAMPLES
    active = np.abs(speech).reshape(-1, 160).max(1) > 0.02
    # It speaks nearly all of the time that the words have, and is over before the end.
    assert active[: int(spoken.timed[-1].start * 100)].mean() > 0.75
    assert not active[-4:].any()
