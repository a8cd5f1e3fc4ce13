"""Noise of a wanted spectrum, and tones with harmonics: what all simulated sounds are made of.

float32 [n] at 16 kHz. Knows nothing of what sounds. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from tml_ros.turn.micro_turn import SAMPLE_RATE

Sound = NDArray[np.float32]
Course = NDArray[np.float64]

_TAPS = 511
_TABLE = 8192


def noise(count: int, rng: np.random.Generator, spectrum: Sequence[tuple[float, float]]) -> Sound:
    """So many samples of RMS 1. spectrum: (Hz, dB) in ascending Hz, straight lines in between."""
    white = rng.standard_normal(count + _TAPS - 1, dtype=np.float32)
    return unit(convolved(white, _filter(spectrum))[_TAPS - 1 : _TAPS - 1 + count])


def tone(turns: Course, strengths: Sequence[float] | Course) -> Sound:
    """A tone and its harmonics. turns: float64 [n], periods gone by; strengths: of 1, 2, 3 ..."""
    angle = 2 * np.pi * np.arange(_TABLE) / _TABLE
    table = sum(
        strength * np.sin(multiple * angle + 2.4 * multiple**2)
        for multiple, strength in enumerate(strengths, 1)
    )
    steps = (turns * _TABLE).astype(np.int64) & (_TABLE - 1)
    return np.asarray(np.asarray(table, np.float32)[steps])


def turns_of(hertz: Course | float, count: int, first: float = 0.0) -> Course:
    """Periods gone by at each of so many samples, at a pitch that may change: float64 [count]."""
    steps = np.broadcast_to(np.asarray(hertz, np.float64) / SAMPLE_RATE, (count,))
    return first + np.cumsum(steps)


def convolved(sound: Sound, response: Sound) -> Sound:
    """The whole convolution: float32 [len(sound) + len(response) - 1]."""
    if not len(sound):
        return np.zeros(0, np.float32)
    whole: Sound = signal.oaconvolve(sound, response)
    return whole


def unit(sound: Sound) -> Sound:
    """At RMS 1; silence stays silence."""
    level = rms(sound)
    return np.asarray(sound / np.float32(level), np.float32) if level else sound


def rms(sound: Sound) -> float:
    """Root mean square; 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(sound), dtype=np.float64))) if len(sound) else 0.0


def seconds(count: int) -> Course:
    """The time of each of so many samples: float64 [count]."""
    return np.arange(count) / SAMPLE_RATE


def faded(sound: Sound, fade_s: float) -> Sound:
    """A copy that fades in and out."""
    out: Sound = sound.copy()
    length = min(round(fade_s * SAMPLE_RATE), len(out) // 2)
    if length:
        ramp = np.linspace(0, 1, length, dtype=np.float32)
        out[:length] *= ramp
        out[-length:] *= ramp[::-1]
    return out


def _filter(spectrum: Sequence[tuple[float, float]]) -> Sound:
    half = SAMPLE_RATE / 2
    inside = [(hertz, level) for hertz, level in spectrum if 0 < hertz < half]
    hertz = [0.0, *(one[0] for one in inside), half]
    levels = [inside[0][1], *(one[1] for one in inside), inside[-1][1]]
    taps = signal.firwin2(_TAPS, hertz, 10 ** (np.array(levels) / 20), fs=SAMPLE_RATE)
    return taps.astype(np.float32)
