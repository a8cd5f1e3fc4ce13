import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.paced_stretch import stretched

RATE = 16_000


def tone(hz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(RATE * seconds)) / RATE).astype(np.float32)


@pytest.mark.parametrize("pace", [0.6, 0.8, 1.25, 1.6, 2.5])
@pytest.mark.parametrize("hz", [110.0, 437.0, 1503.0])
def test_a_tone_keeps_its_pitch_and_level_at_any_pace(hz, pace):
    sound = tone(hz, 1.0)
    changed = stretched(sound, round(len(sound) / pace))
    inside = changed[800:-800]
    spectrum = np.abs(np.fft.rfft(inside * np.hanning(len(inside))))
    found = np.argmax(spectrum) * RATE / len(inside)
    assert found == pytest.approx(hz, abs=1.5 * RATE / len(inside))
    assert np.sqrt(np.mean(inside**2)) == pytest.approx(np.sqrt(0.5), rel=0.05)


def test_what_happens_in_the_middle_stays_in_the_middle():
    sound = np.concatenate([tone(200, 0.5), 0.1 * tone(200, 0.5)])
    for length in (9_000, 25_000):
        changed = np.abs(stretched(sound, length))
        half = length // 2
        assert changed[: half - 500].max() > 0.9
        assert changed[half + 500 :].max() < 0.2


def test_speech_of_the_right_length_is_not_touched():
    sound = tone(300, 0.2)
    assert np.array_equal(stretched(sound, len(sound)), sound)


@given(st.integers(0, 3_000), st.integers(0, 6_000))
def test_any_sound_takes_the_length_that_is_wanted(have, wanted):
    sound = np.random.default_rng(have).uniform(-1, 1, have).astype(np.float32)
    changed = stretched(sound, wanted)
    assert changed.shape == (wanted,)
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()
    assert np.abs(changed).max(initial=0) <= 1.0 + 1e-6


def test_silence_stays_silence():
    assert not stretched(np.zeros(4_000, np.float32), 5_000).any()
