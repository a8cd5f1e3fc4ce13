"""What the microphone of the simulated cell hears: the hall, the press, a siren, an impact.

Knows nothing of pictures. All sound comes from the story and a random source; float32 [n], mono,
16 kHz, -1..1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from tml_ros.sim.shift import STROKE_S, Shift, ram_height
from tml_ros.turn.micro_turn import SAMPLE_RATE

Sound = NDArray[np.float64]

HUM_HZ = 49.6
SIREN_HZ = (660.0, 880.0)
SIREN_HOLD_S = 0.4
"""So long each of its two tones."""
CLANG_HZ = (412.0, 743.0, 1187.0, 1820.0, 2690.0, 3930.0)
"""Modes of a dropped steel plate; not multiples of one another."""


def factory_sound(shift: Shift, rng: np.random.Generator, *, seconds: float) -> NDArray[np.float32]:
    """The sound of the whole clip."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    dry = _hall(times, rng) + _strokes(times, rng)
    loud = np.zeros_like(times)
    if shift.siren is not None:
        loud += _siren(times, *shift.siren)
    if shift.impact is not None:
        loud += _impact(times, shift.impact, rng)
    heard = dry + loud + 0.25 * _echo(loud, rng)
    return np.clip(heard, -0.99, 0.99).astype(np.float32)


def _hall(times: Sound, rng: np.random.Generator) -> Sound:
    """The hum of drives, a fan, and air."""
    hum = np.zeros_like(times)
    for multiple, loudness in ((1, 0.010), (2, 0.016), (3, 0.007), (4, 0.006), (6, 0.003)):
        drift = 0.15 * np.sin(2 * np.pi * 0.07 * times + rng.uniform(0, 6))
        hum += loudness * np.sin(2 * np.pi * multiple * HUM_HZ * times + multiple * drift)
    breath = 1 + 0.2 * np.sin(2 * np.pi * 0.11 * times + rng.uniform(0, 6))
    return (
        hum
        + 0.016 * breath * _noise(len(times), rng, 80, 900)
        + 0.006 * _noise(len(times), rng, 900, 6000)
    )


def _strokes(times: Sound, rng: np.random.Generator) -> Sound:
    """The press: its valve hisses while the ram moves, and it settles softly at the bottom."""
    marks = np.arange(0.0, times[-1] + 0.02, 0.01)
    height = np.array([ram_height(mark) for mark in marks])
    pace = np.interp(times, marks, np.abs(np.gradient(height, 0.01)))
    hiss = 0.010 * pace * _noise(len(times), rng, 1200, 4500)
    since = (times - 0.62 * STROKE_S) % STROKE_S
    # It swells over a tenth of a second: a pressing, not a blow.
    swell = (since / 0.12) ** 2 * np.exp(2 - 2 * since / 0.12)
    return np.asarray(hiss + 0.05 * swell * np.sin(2 * np.pi * 58.0 * since))


def _siren(times: Sound, start_s: float, end_s: float) -> Sound:
    """Two tones in turn, as a horn gives them."""
    inside = (times >= start_s) & (times < end_s)
    high = ((times - start_s) / SIREN_HOLD_S).astype(np.int64) % 2 == 1
    phase = 2 * np.pi * np.cumsum(np.where(high, SIREN_HZ[1], SIREN_HZ[0])) / SAMPLE_RATE
    horn = sum(np.sin(multiple * phase) / multiple**1.7 for multiple in (1, 2, 3, 4))
    edge = np.clip(np.minimum(times - start_s, end_s - times) / 0.03, 0, 1)
    return np.where(inside, 0.20 * edge * horn, 0.0)


def _impact(times: Sound, at_s: float, rng: np.random.Generator) -> Sound:
    """Steel falls on concrete."""
    since = np.maximum(times - at_s, 0.0)
    ring = sum(
        np.exp(-since * (9 + hz / 250)) * np.sin(2 * np.pi * hz * since + rng.uniform(0, 6))
        for hz in CLANG_HZ
    )
    blow = np.exp(-since * 90) * rng.normal(0, 1, len(times))
    return np.where(times >= at_s, 0.16 * ring + 0.45 * blow, 0.0)


def _echo(loud: Sound, rng: np.random.Generator) -> Sound:
    """The hall answers: half a second of fading reflections."""
    if not loud.any():
        return loud
    lasts = round(0.5 * SAMPLE_RATE)
    fading = np.exp(-np.arange(lasts) / (0.11 * SAMPLE_RATE)) * rng.normal(0, 1, lasts)
    fading[: round(0.012 * SAMPLE_RATE)] = 0.0
    fading /= np.sqrt(np.sum(fading**2))
    return np.asarray(signal.fftconvolve(loud, fading)[: len(loud)])


def _noise(count: int, rng: np.random.Generator, low_hz: float, high_hz: float) -> Sound:
    """Noise of that band, of spread 1."""
    band = signal.butter(2, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
    noise = signal.sosfilt(band, rng.normal(0, 1, count))
    return np.asarray(noise / np.std(noise))
