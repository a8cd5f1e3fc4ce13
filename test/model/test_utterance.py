"""What is being said, whether it was handed over or made up: the same times, the same end."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tml_ros.model.free_speech import FreeSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import END, load_tokenizer
from tml_ros.model.utterance import restored_utterance, utterance_facts

PRESET = Preset(name="tiny")
TOKENIZER = load_tokenizer()
TEXT = "Warning. Person in the press area. Step back."


def handed_over(text=TEXT, preset=PRESET):
    return HandedOverText(text, urgent=False, tokenizer=TOKENIZER, preset=preset)


def free(*, backchannel=False):
    return FreeSpeech(backchannel=backchannel, tokenizer=TOKENIZER, preset=PRESET)


def saved(utterance):
    facts = json.loads(json.dumps(utterance_facts(utterance)))
    return restored_utterance(facts, tokenizer=TOKENIZER, preset=PRESET)


def test_text_that_keeps_the_pace_is_timed_like_text_that_was_handed_over():
    """So what the voice has learnt on known text holds for text that it makes up."""
    given, made = handed_over(), free()
    middle = 16
    while not given.over:
        tokens, text = given.give_out()
        assert "".join(made.add(token) for token in tokens) == text
        known, own = given.voice_context(), made.voice_context()
        assert own.text[:middle].tolist() == known.text[:middle].tolist()
        assert own.valid[:middle].tolist() == known.valid[:middle].tolist()
        assert np.allclose(own.seconds[:middle], known.seconds[:middle], atol=1e-6)
        assert not own.valid[middle + 1 :].any()
        given.turns += 1
        made.turns += 1
        assert made.over == given.over


def test_handed_over_text_shows_what_is_to_come_and_ends_with_end():
    utterance = handed_over()
    tokens = []
    ahead = []
    while not utterance.over:
        tokens += utterance.give_out()[0]
        context = utterance.voice_context()
        ahead.append(int(context.valid[16:].sum()))
        assert (context.seconds[16:][context.valid[16:]] > 0.199).all()
        utterance.turns += 1
    assert tokens == [*TOKENIZER.encode(TEXT), END]
    assert ahead[0] > 0 and ahead[-1] == 0


@pytest.mark.parametrize("most", [1, 2, 4])
def test_a_slow_turn_still_gives_out_the_whole_text(most):
    preset = PRESET.changed(text={"out_per_turn": most})
    utterance = handed_over("温度 12.5 °C", preset)
    text = ""
    while not utterance.over:
        tokens, piece = utterance.give_out()
        assert len(tokens) <= most
        text += piece
        utterance.turns += 1
    assert text == "温度 12.5 °C"


def heard(utterance, saved_at=None):
    """Texts and voice contexts, turn by turn, one word of free speech per turn."""
    words = iter(TOKENIZER.encode("Öl 温度 fehlt."))
    out = []
    while not utterance.over:
        if utterance.turns == saved_at:
            utterance = saved(utterance)
        if isinstance(utterance, HandedOverText):
            out.append(utterance.give_out())
        elif (word := next(words, END)) and not utterance.closed:
            out.append(utterance.add(word))
        context = utterance.voice_context()
        out.append([part.tolist() for part in (context.text, context.seconds, context.valid)])
        utterance.turns += 1
    return out


@pytest.mark.parametrize("at", range(8))
def test_what_is_saved_anywhere_goes_on_as_if_never_stopped(at):
    assert heard(handed_over("Öl 温度 fehlt."), at) == heard(handed_over("Öl 温度 fehlt."))
    assert heard(free(), at) == heard(free())


def test_words_that_run_ahead_of_the_pace_begin_in_their_turn_and_are_still_said():
    speech = free()
    tokens = TOKENIZER.encode("the press area is clear")[:4]
    for token in tokens:
        speech.add(token)
    context = speech.voice_context()
    assert (context.seconds < 0.2).all()
    speech.add(END)
    turns = 0
    while not speech.over:
        speech.turns += 1
        turns += 1
    assert turns >= 3


def test_free_speech_that_is_closed_takes_nothing_and_half_a_character_is_shown_as_such():
    speech = free()
    assert speech.add(TOKENIZER.encode("温")[0]) == ""
    assert speech.add(END) == "\ufffd"
    with pytest.raises(ValueError, match="closed"):
        speech.add(5)


def test_silence_is_saved_as_silence_and_foreign_facts_are_refused():
    assert saved(None) is None
    for facts in (
        {"sort": "song", "state": {}},
        {"sort": "free", "state": {}},
        [],
        {"sort": "free"},
    ):
        with pytest.raises(ValueError, match="saved utterance"):
            restored_utterance(facts, tokenizer=TOKENIZER, preset=PRESET)
    facts = utterance_facts(handed_over("Hi"))
    facts["state"]["turns"] = 99
    with pytest.raises(ValueError, match=r"utterance\.turns"):
        restored_utterance(facts, tokenizer=TOKENIZER, preset=PRESET)
