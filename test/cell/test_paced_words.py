import numpy as np
import pytest

from tml_ros.cell.paced_words import heard_words, sounding_parts

RATE = 16_000


def speech(*parts_ms: int) -> np.ndarray:
    """Noise of these lengths with 200 ms of silence before, between and behind."""
    rng = np.random.default_rng(0)
    pieces = [np.zeros(3_200)]
    for ms in parts_ms:
        pieces += [rng.uniform(-0.8, 0.8, RATE * ms // 1000), np.zeros(3_200)]
    return np.concatenate(pieces).astype(np.float32)


@pytest.mark.parametrize(
    ("text", "parts_ms", "begins"),
    [
        ("stand back", (400, 300), (0, 6)),
        ("Stop!", (400,), (0,)),
        # Said as one: "in the".
        ("Somebody is in the press", (560, 160, 250, 400), (0, 9, 12, 19)),
        # Several when said: a hundred and twenty.
        ("about 120 boxes", (330, 150, 480, 330, 330), (0, 6, 10)),
        # What has no letter is not said.
        ("wait - here", (300, 300), (0, 7)),
    ],
)
def test_words_are_found_where_they_are_heard(text, parts_ms, begins):
    heard = heard_words(text, speech(*parts_ms))
    assert tuple(part.begins for part in heard) == begins


@pytest.mark.parametrize(
    ("text", "sound"),
    [("", speech(300)), ("...", speech(300)), ("word", np.zeros(3_200, np.float32))],
)
def test_nothing_is_heard_where_nothing_is_said(text, sound):
    assert heard_words(text, sound) == ()


def test_every_sound_is_in_some_word_even_where_lengths_make_no_sense():
    sound = speech(*[100] * 40)
    heard = heard_words("a b", sound)
    assert sum(len(part.sound) for part in heard) >= 40 * RATE * 100 // 1000


def test_a_short_silence_is_a_consonant():
    sound = np.concatenate([speech(200)[:-3_200], np.zeros(800, np.float32), speech(200)[3_200:]])
    assert len(sounding_parts(sound)) == 1


def test_no_sound_has_no_parts():
    assert sounding_parts(np.zeros(0, np.float32)) == []
