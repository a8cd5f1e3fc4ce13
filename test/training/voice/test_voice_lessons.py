from dataclasses import replace

import numpy as np
import pytest

from tml_ros.model.conversation import Conversation
from tml_ros.model.dmel import MelStream
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.training.voice.voice_lessons import (
    free_turns,
    handed_over_turns,
    load_voice_lessons,
    save_voice_lessons,
    voice_lessons,
)

TEXTS = ["Okay.", "Warning. Person in press area. Step back.", "Größe 71.5 µm geprüft, Twelve!"]
LISTEN = np.array([9, 0, 0], np.float32)
SPEAK = np.array([0, 9, 0], np.float32)


def equal(one, other):
    assert len(one) == len(other)
    for mine, wanted in zip(one, other, strict=True):
        for part in ("text", "seconds", "valid"):
            assert np.array_equal(getattr(mine, part), getattr(wanted, part))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_is_handed_over_is_told_as_in_a_session(text, preset, tokenizer):
    session = Conversation(preset, tokenizer)
    session.inject(text, how="spoken", urgent=True)
    heard = []
    for turn in range(60):
        session.take_in((), turn=turn)
        session.decide(LISTEN)
        heard.append(session.say(()).voice)
    equal(
        handed_over_turns(text, preset=preset, tokenizer=tokenizer),
        [context for context in heard if context is not None],
    )


@pytest.mark.parametrize("text", TEXTS)
def test_free_speech_at_the_pace_is_told_as_in_a_session(text, preset, tokenizer):
    session = Conversation(preset, tokenizer)
    pace = HandedOverText(text, urgent=False, tokenizer=tokenizer, preset=preset)
    heard = []
    while not pace.over:
        session.take_in((), turn=pace.turns)
        session.decide(SPEAK)
        heard.append(session.say(pace.give_out()[0]).voice)
        pace.turns += 1
    wanted = free_turns(text, preset=preset, tokenizer=tokenizer)
    equal(wanted, heard)


@pytest.mark.parametrize("text", TEXTS)
def test_free_speech_knows_nothing_that_begins_after_its_turn(text, preset, tokenizer):
    for context in free_turns(text, preset=preset, tokenizer=tokenizer):
        assert (context.seconds[context.valid] < 0.2 + 1e-6).all()


def test_lessons_have_the_mels_of_the_speech_and_both_ways_of_being_told(preset, tokenizer, tones):
    lessons = voice_lessons(TEXTS, tones, preset=preset, tokenizer=tokenizer, fixed={TEXTS[0]})
    stream = MelStream()
    first = handed_over_turns(TEXTS[0], preset=preset, tokenizer=tokenizer)
    speech = tones(TEXTS[0]).reshape(-1, 3200)
    for turn, context in enumerate(first):
        mel = np.clip(stream.push(speech[turn]), -3, 2.5)
        assert np.abs(lessons.mel[turn].astype(np.float32) - mel).max() < 2e-3
        assert np.array_equal(lessons.handed_over[turn], context.text)
        assert np.array_equal(~np.isnan(lessons.handed_over_s[turn]), context.valid)
    assert lessons.fixed[: len(first)].all()
    assert not lessons.fixed[len(first) :].any()


@pytest.mark.parametrize(("share", "wanted"), [(0.4, 0.4), (0.0, 0.0), (1.0, 1.0)])
def test_fixed_texts_are_drawn_for_their_share_of_the_time(share, wanted, preset, tokenizer, tones):
    lessons = voice_lessons(TEXTS, tones, preset=preset, tokenizer=tokenizer, fixed={TEXTS[0]})
    chances = lessons.chances(share)
    assert chances.sum() == pytest.approx(1)
    assert chances[lessons.fixed].sum() == pytest.approx(wanted)
    alike = replace(lessons, fixed=np.zeros(len(lessons), bool))
    assert np.ptp(alike.chances(share)) == 0


def test_lessons_are_kept_as_they_are(tmp_path, preset, tokenizer, tones):
    lessons = voice_lessons(TEXTS[:1], tones, preset=preset, tokenizer=tokenizer)
    save_voice_lessons(lessons, tmp_path / "lessons.npz")
    kept = load_voice_lessons(tmp_path / "lessons.npz")
    for part in ("handed_over", "handed_over_s", "free", "free_s", "mel", "fixed"):
        assert np.array_equal(
            getattr(kept, part), getattr(lessons, part), equal_nan=part != "fixed"
        )
    (tmp_path / "other.npz").write_bytes(b"something else")
    with pytest.raises(ValueError, match=r".+"):
        load_voice_lessons(tmp_path / "other.npz")


def test_speech_that_does_not_fit_its_text_is_refused(preset, tokenizer, tones):
    with pytest.raises(ValueError, match="takes"):
        voice_lessons(
            ["Okay."], lambda text: tones(text)[:3200], preset=preset, tokenizer=tokenizer
        )
    with pytest.raises(ValueError, match="at least one"):
        voice_lessons([], tones, preset=preset, tokenizer=tokenizer)
