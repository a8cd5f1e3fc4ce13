from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from tml_ros.sim.scenario.scenario import HallDescription
from tml_ros.sim.sound.room import Room

SOURCE, MICROPHONE = (2.0, -2.0, 1.5), (0.0, 4.5, 2.5)


def room(echo: float) -> Room:
    return Room(HallDescription(echo=echo), 3)


def rt60(response: np.ndarray) -> float:
    """By backward integration after Schroeder, from -5 to -25 dB."""
    left = np.cumsum(response[::-1].astype(np.float64) ** 2)[::-1]
    level = 10 * np.log10(left / left[0])
    return 3 * (np.argmax(level < -25) - np.argmax(level < -5)) / 16_000


def tail(response: np.ndarray) -> np.ndarray:
    """What is left after the direct sound and the first reflections."""
    return response[round(0.04 * 16_000) :]


@pytest.mark.parametrize("echo", [0.0, 0.4, 1.0])
def test_the_hall_rings_as_long_as_its_echo_says(echo: float) -> None:
    band = signal.butter(4, (600, 2000), "bandpass", fs=16_000, output="sos")
    response = signal.sosfilt(band, tail(room(echo).response(SOURCE, MICROPHONE)))
    assert rt60(response) == pytest.approx(0.2 + 1.3 * echo, rel=0.25)


def test_high_notes_die_away_first() -> None:
    response = tail(room(0.7).response(SOURCE, MICROPHONE))
    low = signal.sosfilt(signal.butter(4, 250, "low", fs=16_000, output="sos"), response)
    high = signal.sosfilt(signal.butter(4, 4000, "high", fs=16_000, output="sos"), response)
    assert rt60(high) < 0.7 * rt60(low)


def test_the_direct_sound_comes_first_and_is_weaker_from_afar() -> None:
    near = room(0.3).response((0.0, 2.0, 2.5), MICROPHONE)
    far = room(0.3).response((0.0, -4.0, 2.5), MICROPHONE)
    assert near[0] == pytest.approx(1 / 2.5, rel=0.1)
    assert far[0] == pytest.approx(1 / 8.5, rel=0.15)
    assert np.sum(tail(far) ** 2) == pytest.approx(np.sum(tail(near) ** 2), rel=0.5)


def test_places_near_one_another_share_a_response() -> None:
    hall = room(0.3)
    assert hall.response((2.3, -1.8, 1.5), MICROPHONE) is hall.response(SOURCE, MICROPHONE)
    assert hall.response((4.0, -1.8, 1.5), MICROPHONE) is not hall.response(SOURCE, MICROPHONE)


def test_a_sound_keeps_its_beginning_and_gets_a_tail() -> None:
    click = np.zeros(100, np.float32)
    click[0] = 1
    heard = room(0.3).heard(click, SOURCE, MICROPHONE)
    response = room(0.3).response(SOURCE, MICROPHONE)
    assert heard.dtype == np.float32
    assert np.allclose(heard[: len(response)], response, atol=1e-6)
