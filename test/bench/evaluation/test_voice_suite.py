"""A voice is judged by what a closed grammar makes of it, beside espeak-ng's."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tml_ros.bench.evaluation.voice_phrases import VoicePhrase, voice_phrases
from tml_ros.bench.evaluation.voice_suite import (
    judge_voice,
    read_voice,
    spoken_by,
    voice_as_plain,
    write_voice,
)
from tml_ros.devices.speech_renderer import SpeechRenderer, SpeechUnavailableError
from tml_ros.sim.split import Split
from tml_ros.turn.micro_turn import TURN_SAMPLES
from tml_ros.turn.turn_output import TurnOutput

PHRASES = (
    VoicePhrase("Yes. I am listening.", None),
    VoicePhrase("Warning. Person in press area. Step back.", Split.TRAIN),
    VoicePhrase("No. Nobody is in the robot area.", Split.TRAIN),
    VoicePhrase("Let me check the conveyor.", Split.TRAIN),
    VoicePhrase("The paint shop is clear.", Split.HELD_OUT),
    VoicePhrase("Danger. Vehicle close to a person in loading dock. Stop.", Split.HELD_OUT),
)


@pytest.fixture(scope="module")
def render():
    pytest.importorskip("pocketsphinx")
    try:
        return SpeechRenderer("en-us").render
    except SpeechUnavailableError as error:
        pytest.skip(str(error))


class Speaker:
    """Says what it is handed, in the words that `said` makes of it, two turns later."""

    name, trained, trusted_kinds, trusted_speech = "speaker", True, frozenset(), True

    def __init__(self, render, said=lambda text: text):
        self.render, self.said = render, said
        self.closed = 0

    def open_session(self, _layout=None, *, seed=0):
        del seed
        self.left = np.zeros(0, np.float32)
        self.wait = 0
        return self

    def inject(self, text, *, how, urgent=False):
        assert (how, urgent) == ("spoken", True)
        words = self.said(text)
        self.left = self.render(words) if words else self.left
        self.wait = 2

    def step(self, turn):
        self.wait -= 1
        if self.wait > 0 or not len(self.left):
            return TurnOutput(turn.index)
        piece, self.left = self.left[:TURN_SAMPLES], self.left[TURN_SAMPLES:]
        return TurnOutput(turn.index, speech=np.pad(piece, (0, TURN_SAMPLES - len(piece))))

    def close(self):
        self.closed += 1


def test_who_speaks_as_clearly_as_espeak_is_understood_as_well(render):
    model = Speaker(render)
    result = judge_voice(model, phrases=PHRASES)
    every = result.understood()
    assert (every.right, every.originals, every.count) == (6, 6, 6)
    assert result.understood(Split.TRAIN).count == 3
    assert result.understood(None).count == 1
    assert all(0.2 <= one.begins_s < 0.7 for one in result.phrases)
    assert model.closed == len(PHRASES)
    assert "6 were understood" in result.sentence("speaker")


def test_who_always_says_the_same_is_right_once(render):
    result = judge_voice(Speaker(render, lambda _: PHRASES[3].text), phrases=PHRASES)
    assert result.understood().right == 1
    assert {one.said for one in result.phrases} == {PHRASES[3].text}


def test_who_says_nothing_has_no_voice(render):
    result = judge_voice(Speaker(render, lambda _: ""), phrases=PHRASES)
    assert not result.has_voice
    plain = voice_as_plain(result, "speaker")
    assert (plain["has_voice"], plain["understood"]) == (False, {})
    assert "no voice" in plain["sentence"]


def test_noise_is_not_taken_for_all_phrases(render):
    rng = np.random.default_rng(0)
    noise = Speaker(lambda _: rng.normal(0, 0.1, 40_000).astype(np.float32))
    assert judge_voice(noise, phrases=PHRASES).understood().right <= 2


def test_a_voice_that_is_kept_is_read_again_for_the_same_plan_only(render, tmp_path):
    kept = {}
    result = judge_voice(Speaker(render), phrases=PHRASES[:2], keep=kept.__setitem__)
    assert set(kept) == {0, 1}
    write_voice(result, tmp_path, fingerprint="a")
    assert read_voice(tmp_path, fingerprint="a") == result
    assert read_voice(tmp_path, fingerprint="b") is None
    (tmp_path / "voice.json").write_text("{")
    assert read_voice(tmp_path, fingerprint="a") is None


def test_the_end_may_be_asked_for_between_two_phrases(render):
    ending = threading.Event()
    ending.set()
    assert judge_voice(Speaker(render), phrases=PHRASES, ending=ending) is None


def test_the_end_of_what_is_said_is_kept(render):
    speech, begins_s = spoken_by(Speaker(render), PHRASES[1].text)
    original = render(PHRASES[1].text)
    assert begins_s is not None
    loud = np.flatnonzero(np.abs(speech) > 0.001)
    wanted = np.flatnonzero(np.abs(original) > 0.001)
    assert loud[-1] - loud[0] == wanted[-1] - wanted[0]


def test_phrases_are_different_and_held_out_names_are_in_no_other():
    phrases = voice_phrases()
    texts = [phrase.text for phrase in phrases]
    assert len(set(texts)) == len(texts) > 60
    known = " ".join(one.text for one in phrases if one.names is not Split.HELD_OUT).lower()
    for name in ("loading dock", "paint shop", "welding bay", "saw", "crane", "furnace"):
        assert name not in known
