from __future__ import annotations

import numpy as np

from tml_ros.report.utterances import MAX_SECONDS, Utterance, Utterances
from tml_ros.turn.micro_turn import SAMPLE_RATE

SECOND = 1_000_000_000
TONE = np.ones(1600, np.float32)


def told(utterance: Utterance | None) -> tuple[int, str, int | None]:
    assert utterance is not None
    samples = utterance.samples
    return utterance.stamp_ns, utterance.text, None if samples is None else len(samples)


def test_the_text_and_the_sound_of_a_warning_belong_together_whichever_comes_first() -> None:
    for order in ("text first", "sound first"):
        utterances = Utterances()
        if order == "text first":
            utterances.heard_text("Step back.", 100)
            utterances.heard_sound(TONE, 105)
        else:
            utterances.heard_sound(TONE, 100)
            utterances.heard_text("Step back.", 105)
        assert told(utterances.finish()) == (100, "Step back.", 1600)


def test_pieces_without_a_pause_are_one_utterance() -> None:
    utterances = Utterances()
    for index, word in enumerate(("It ", "is ", "safe.")):
        assert utterances.heard_text(word, index * SECOND // 5) is None
        assert utterances.heard_sound(TONE, index * SECOND // 5) is None
    assert told(utterances.finish()) == (0, "It is safe.", 4800)


def test_after_a_pause_another_utterance_begins() -> None:
    utterances = Utterances()
    utterances.heard_text("One.", 0)
    assert told(utterances.heard_text("Two.", 2 * SECOND)) == (0, "One.", None)
    assert told(utterances.advance(4 * SECOND)) == (2 * SECOND, "Two.", None)
    assert utterances.finish() is None


def test_sound_without_words_is_no_utterance() -> None:
    utterances = Utterances()
    utterances.heard_sound(TONE, 0)
    assert utterances.finish() is None


def test_an_utterance_without_end_keeps_bounded_sound() -> None:
    utterances = Utterances()
    utterances.heard_text("Hum.", 0)
    minute = np.zeros(SAMPLE_RATE, np.float32)
    for second in range(2 * MAX_SECONDS):
        utterances.heard_sound(minute, second * SECOND // 2)
    assert told(utterances.finish())[2] == MAX_SECONDS * SAMPLE_RATE
