from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tml_ros.training.sensing.sound_change import (
    MOST_GAIN_DB,
    SoundChange,
    drawn_sound_change,
)

RATE = 16_000


def tone(level: float = 0.1) -> NDArray[np.float32]:
    return (level * np.sin(np.arange(RATE) * 2 * np.pi * 440 / RATE)).astype(np.float32)


def decibels(sound: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64))))


def test_no_change_leaves_every_bit() -> None:
    np.testing.assert_array_equal(SoundChange().sound(tone()), tone())


def test_what_is_too_loud_is_clipped() -> None:
    assert np.abs(SoundChange(gain=20.0).sound(tone())).max() == 1.0


@pytest.mark.parametrize("under_db", [12.0, 30.0])
def test_noise_lies_so_much_below_the_sound(under_db: float) -> None:
    change = SoundChange(under_db=under_db, seed=3)
    added = change.sound(tone()) - tone()
    assert decibels(tone()) - decibels(added) == pytest.approx(under_db, abs=0.1)


def test_another_sound_takes_the_place_of_noise() -> None:
    other = np.linspace(-1, 1, RATE, dtype=np.float32)
    added = SoundChange(under_db=20.0).sound(tone(), other) - tone()
    assert np.corrcoef(added, other)[0, 1] > 0.999


def test_under_silence_there_is_silence() -> None:
    silence = np.zeros(RATE, np.float32)
    assert not SoundChange(under_db=12.0).sound(silence, silence).any()


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_change_delays_nothing_and_keeps_to_its_gain(seed: int) -> None:
    change = drawn_sound_change(np.random.default_rng(seed), strength=1.0)
    click = np.zeros(RATE, np.float32)
    click[5000] = 1e-4
    assert np.abs(change.sound(click)).argmax() == 5000
    assert abs(20 * np.log10(change.gain)) <= MOST_GAIN_DB
    assert abs(decibels(change.sound(tone())) - decibels(tone())) < MOST_GAIN_DB + 5


def test_without_strength_nothing_is_drawn() -> None:
    assert drawn_sound_change(np.random.default_rng(0), strength=0.0) == SoundChange()
