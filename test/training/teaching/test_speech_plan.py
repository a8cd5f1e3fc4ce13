"""When each token of the session's own words is written."""

from __future__ import annotations

import pytest

from tml_ros.model.free_speech import FreeSpeech
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import END, TextTokenizer
from tml_ros.training.teaching.speech_plan import request_tokens, speech_plan

TEXTS = ("Okay.", "mm-hm", "Yes. The press area is clear.", "Let me check conveyor 1.", "Ü 温.")


@pytest.mark.parametrize("text", TEXTS)
def test_own_words_keep_the_pace_of_what_is_handed_over(
    text: str, preset: Preset, tokenizer: TextTokenizer
) -> None:
    handed = HandedOverText(text, urgent=False, tokenizer=tokenizer, preset=preset)
    free = FreeSpeech(backchannel=False, tokenizer=tokenizer, preset=preset)
    for row in speech_plan(text, tokenizer, preset.text).written:
        given, said = handed.give_out()
        assert list(row) == given
        assert "".join(free.add(token) for token in row) == said
        assert free.over == handed.over
        handed.turns += 1
        free.turns += 1
    assert free.closed
    while not handed.over:
        assert not free.over
        handed.turns += 1
        free.turns += 1
    assert free.over


@pytest.mark.parametrize("kind", ["acknowledge", "question"])
def test_a_request_is_written_first_and_leaves_no_turn_empty(
    kind: str, preset: Preset, tokenizer: TextTokenizer
) -> None:
    request = request_tokens(kind, "why", tokenizer)
    plan = speech_plan("Okay.", tokenizer, preset.text, request=request)
    written = [token for row in plan.written for token in row]
    assert written == [*request, *tokenizer.encode("Okay."), END]
    assert all(len(row) <= preset.text.out_per_turn for row in plan.written)
    assert all(plan.written[: plan.asking])
    assert plan.asking == -(-len(request) // preset.text.out_per_turn)


def test_one_word_is_wrong_and_what_is_right_stays(
    preset: Preset, tokenizer: TextTokenizer
) -> None:
    text = "Yes. The press area is clear."
    other = tokenizer.encode(" forklift")[0]
    plan = speech_plan(text, tokenizer, preset.text, wrong=(3, other))
    assert plan.right == speech_plan(text, tokenizer, preset.text).right
    different = [
        (one, two)
        for right, written in zip(plan.right, plan.written, strict=True)
        for one, two in zip(right, written, strict=True)
        if one != two
    ]
    assert different == [(tokenizer.encode(text)[3], other)]
    assert plan.text != text
