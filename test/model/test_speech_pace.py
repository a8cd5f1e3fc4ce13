"""When the tokens of a text are said, and what the voice sees of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.model.speech_pace import speech_pace, turns_until
from tml_ros.model.tokenizer import HOLD, load_tokenizer
from tml_ros.model.voice_context import TimedToken, voice_context

TOKENIZER = load_tokenizer()


def pace_of(pieces, rate=10.0, most=4):
    return speech_pace(pieces, characters_per_second=rate, tokens_per_turn=most)


def test_a_token_is_said_when_its_first_character_is():
    pace = pace_of([b"Stop", b" the", b" ", b"press", b"."])
    assert pace.starts == pytest.approx([0.0, 0.4, 0.8, 0.9, 1.4])
    assert pace.turns == (0, 2, 4, 4, 7)
    assert pace.end == pytest.approx(1.5)


def test_tokens_within_a_character_begin_with_it():
    assert pace_of([b"a", *(bytes([byte]) for byte in "ö".encode()), b"b"]).starts == (
        pytest.approx([0.0, 0.1, 0.1, 0.2])
    )


def test_more_tokens_than_a_turn_holds_are_said_later():
    pace = pace_of([b"\xe6", b"\xb8", b"\xa9"] * 4, most=2)
    assert pace.turns == (0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5)
    assert pace.starts[2] == pytest.approx(0.2)
    assert pace.end >= pace.starts[-1]


@given(st.text(max_size=60), st.floats(2, 40), st.integers(1, 8))
def test_no_turn_is_overfull_and_time_never_runs_back(text, rate, most):
    pieces = [TOKENIZER.piece(token) for token in TOKENIZER.encode(text)]
    pace = pace_of(pieces, rate, most)
    assert all(pace.turns.count(turn) <= most for turn in set(pace.turns))
    assert list(pace.turns) == sorted(pace.turns)
    assert all(early <= late for early, late in itertools.pairwise(pace.starts))
    assert pace.end >= len(text) / rate - 1e-9
    for start, turn in zip(pace.starts, pace.turns, strict=True):
        assert turn * 0.2 - 1e-9 <= start <= turn * 0.2 + 0.2 + 1e-9


def test_turns_until_is_not_fooled_by_rounding():
    assert [turns_until(seconds) for seconds in (0.0, 0.2, 3 * 0.2, 0.61, 30.0)] == [
        0,
        1,
        3,
        4,
        150,
    ]


def test_the_voice_sees_what_is_nearest_two_thirds_begun_and_one_third_to_come():
    tokens = [TimedToken(100 + number, number / 10) for number in range(40)]
    context = voice_context(tokens[:20], tokens[20:], now=1.8, context_tokens=9)
    assert context.text.tolist() == [*range(114, 120), *range(120, 123)]
    assert context.seconds == pytest.approx(np.arange(14, 23) / 10 - 1.8, abs=1e-6)
    assert context.valid.all()
    assert context.seconds.dtype == np.float32


@pytest.mark.parametrize("size", [1, 2, 3, 24])
def test_a_context_has_its_size_whatever_there_is(size):
    some = [TimedToken(7, 0.0)] * 30
    for begun, to_come in itertools.product([[], some[:1], some], repeat=2):
        context = voice_context(begun, to_come, now=0.0, context_tokens=size)
        assert context.text.shape == context.seconds.shape == context.valid.shape == (size,)
        assert (context.text[~context.valid] == HOLD).all()
        assert context.valid.any() == bool(begun or (to_come and size > 1))
