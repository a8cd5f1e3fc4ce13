"""When words were said, from pieces of text; and stretches of speech, from sound and words."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.bench.duplex.model_speech import model_speech
from tml_ros.bench.duplex.output_words import Piece, Word, words_of
from tml_ros.bench.duplex.sample import Span
from tml_ros.bench.duplex.speech_segments import speech_segments


def sound(*spans: tuple[float, float], seconds: float = 10.0, noise: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(1)
    made = noise * rng.standard_normal(round(seconds * 16_000))
    for low, high in spans:
        part = made[round(low * 16_000) : round(high * 16_000)]
        part += 0.3 * np.sin(np.arange(len(part)) * 0.1)
    return made.astype(np.float32)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(1.0, 2.0)], [(1.0, 2.0)]),
        ([(1.0, 2.0), (2.4, 3.0)], [(1.0, 3.0)]),
        ([(1.0, 2.0), (2.6, 3.0)], [(1.0, 2.0), (2.6, 3.0)]),
        ([(1.0, 1.03)], []),
        ([(0.0, 10.0)], [(0.0, 10.0)]),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.001])
def test_segments_are_where_it_sounds(spans, expected, noise: float) -> None:
    found = speech_segments(sound(*spans, noise=noise if spans else 0.0))
    assert len(found) == len(expected)
    for span, wanted in zip(found, expected, strict=True):
        assert span == pytest.approx(wanted, abs=0.011)


def test_a_word_broken_over_two_turns_is_one_word() -> None:
    pieces = [Piece(1.0, "The pr"), Piece(1.2, "ess "), Piece(1.4, "ran.")]
    words = words_of(pieces, [Span(1.0, 1.6)])
    assert [word.text for word in words] == ["The", "press", "ran."]
    assert words[0].start_s == 1.0
    assert words[1].start_s == pytest.approx(1.0 + 0.2 * 4 / 6)
    assert words[1].end_s == pytest.approx(1.2 + 0.2 * 3 / 4)
    assert words[2].end_s == pytest.approx(1.6)


def test_a_text_given_all_at_once_reaches_over_its_sound() -> None:
    (first, *_, last) = words_of([Piece(2.0, "one two three four five six")], [Span(2.0, 4.5)])
    assert first.start_s == 2.0
    assert last.end_s == pytest.approx(2.0 + 27 / 12)


def test_pieces_far_apart_are_not_one_word() -> None:
    words = words_of([Piece(1.0, "ye"), Piece(3.0, "s")], [Span(1.0, 1.2), Span(3.0, 3.2)])
    assert [word.text for word in words] == ["ye", "s"]


@pytest.mark.parametrize(
    ("seconds", "count", "takes_over"),
    [(0.9, 3, False), (0.9, 4, True), (1.1, 1, True), (0.3, 1, False), (0.3, 0, False)],
)
def test_a_reply_takes_over_from_a_second_or_four_words_on(seconds, count, takes_over) -> None:
    step = seconds / max(count, 1)
    words = [Word("w", 1 + step * n, 1 + step * (n + 1)) for n in range(count)]
    speech = model_speech(sound((1.0, 1.0 + seconds)), words, seconds=10.0)
    assert [one.takes_over for one in speech.stretches] == [takes_over]


def test_words_belong_to_the_sound_they_are_nearest_to_and_unheard_ones_to_none() -> None:
    words = [Word("a", 0.9, 1.1), Word("b", 3.0, 3.2), Word("c", 7.0, 7.2)]
    speech = model_speech(sound((1.0, 2.0), (2.6, 2.8)), words, seconds=10.0)
    assert [one.text for one in speech.stretches] == ["a", "b"]


def test_without_sound_words_make_the_stretches_and_without_words_there_are_none() -> None:
    words = [Word("a", 1.0, 1.2), Word("b", 1.5, 1.8), Word("c", 4.0, 4.2)]
    speech = model_speech(None, words, seconds=10.0)
    assert [one.span for one in speech.stretches] == [(1.0, 1.8), (4.0, 4.2)]
    assert speech.has_words
    assert not model_speech(sound((1.0, 2.0)), None, seconds=10.0).has_words
    with pytest.raises(ValueError, match="neither"):
        model_speech(None, None, seconds=1.0)


def test_what_goes_on_at_a_time_is_cut_in_two() -> None:
    words = [Word("a", 1.0, 1.5), Word("b", 1.5, 2.0), Word("c", 2.0, 3.0)]
    speech = model_speech(sound((1.0, 3.0)), words, seconds=10.0)
    (part,) = speech.from_s(1.6)
    assert (part.span.start_s, part.text) == (1.6, "c")
    assert speech.from_s(3.1) == ()
