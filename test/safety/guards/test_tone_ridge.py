"""The tone that is followed is the one that sounds, also while the hall echoes the last one."""

import numpy as np

from tml_ros.safety.guards.siren import HOP
from tml_ros.safety.guards.tone_ridge import STEP, ToneRidge

RATE = 16_000


def _horn(seconds: float, hold_s: float) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    high = (times / hold_s).astype(int) % 2 == 1
    phase = 2 * np.pi * np.cumsum(np.where(high, 880.0, 660.0)) / RATE
    return 0.2 * sum(np.sin(n * phase) / n**1.7 for n in (1, 2, 3, 4))


def _echoing(dry: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A quarter of the sound comes back, dying away over a second."""
    times = np.arange(RATE) / RATE
    hall = rng.normal(0, 1, RATE) * np.exp(-6.9 * times)
    size = len(dry) + len(hall)
    spectrum = np.fft.rfft(dry, size) * np.fft.rfft(hall / np.sqrt(np.sum(hall**2)), size)
    return dry + 0.25 * np.fft.irfft(spectrum, size)[: len(dry)]


def test_a_horn_of_two_tones_in_an_echoing_hall_is_followed_from_tone_to_tone() -> None:
    rng = np.random.default_rng(12)
    quiet = rng.normal(0, 0.002, 12 * RATE)
    sound = quiet + np.concatenate([np.zeros(4 * RATE), _echoing(_horn(8, 0.4), rng)])
    ridge = ToneRidge()
    hops = sound[: len(sound) // HOP * HOP].astype(np.float32).reshape(-1, HOP)
    hz = np.concatenate([ridge.follow(hop)[0] for hop in hops])
    seconds = np.arange(len(hz)) * STEP / RATE
    # The middle of each tone, away from the changes.
    into = (seconds - 4.0) % 0.4
    inside = (seconds > 4.5) & (seconds < 11.9) & (into > 0.1) & (into < 0.35)
    true = np.where(((seconds - 4.0) / 0.4).astype(int) % 2 == 1, 880.0, 660.0)
    assert np.mean(np.abs(hz[inside] - true[inside]) < 20.0) > 0.95
