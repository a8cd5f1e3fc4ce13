from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from tml_ros.sim.factory_sound import SIREN_HZ, factory_sound
from tml_ros.sim.shift import Shift

SECONDS = 12
EVENTFUL = Shift((), (4.0, 8.0), 10.0)
QUIET = Shift((), None, None)


def sound(shift: Shift, seed: int = 1) -> np.ndarray:
    return factory_sound(shift, np.random.default_rng(seed), seconds=SECONDS)


def test_it_is_as_long_as_asked_for_and_within_range() -> None:
    heard = sound(EVENTFUL)
    assert (heard.dtype, heard.shape) == (np.float32, (SECONDS * 16_000,))
    assert np.abs(heard).max() < 1.0


def test_the_siren_is_two_tones_while_it_lasts_and_only_then() -> None:
    hz, times, power = signal.spectrogram(sound(EVENTFUL), 16_000, nperseg=2048)
    inside = (times > 4.1) & (times < 7.9)
    strongest = hz[power[hz > 300][:, inside].argmax(axis=0) + np.sum(hz <= 300)]
    assert {min(SIREN_HZ, key=lambda tone: abs(tone - found)) for found in strongest} == {*SIREN_HZ}
    assert np.abs(strongest[:, None] - SIREN_HZ).min(axis=1).max() < 15
    tones = power[(hz > 600) & (hz < 1000)].sum(axis=0)
    assert tones[inside].min() > 30 * tones[times < 3.8].max()


def test_the_impact_is_the_one_sudden_thing() -> None:
    heard = sound(Shift((), None, 10.0))
    peaks = np.abs(heard).reshape(-1, 160).max(axis=1)
    assert peaks.argmax() * 0.01 == pytest.approx(10.0, abs=0.03)
    assert peaks.max() > 5 * peaks[:990].max()


def test_strokes_of_the_press_are_no_impacts() -> None:
    peaks = np.abs(sound(QUIET)).reshape(-1, 800).max(axis=1)
    assert peaks.max() < 3 * np.median(peaks)


def test_the_same_source_gives_the_same_sound() -> None:
    assert np.array_equal(sound(EVENTFUL, 4), sound(EVENTFUL, 4))
    assert not np.array_equal(sound(EVENTFUL, 4), sound(EVENTFUL, 5))
