"""Sound of a made-up machine that stands still in its habits, and what may change in it.

Knows nothing of what judges it. Shaft harmonics with their own slow wandering, noise through the
machine's own resonances, a hall that breathes. float32 [n], mono, -1..1; the same arguments give
the same sound. Any thread.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Sound = NDArray[np.float64]


class SoundFault(str, Enum):
    """What changes. `level` of a fault is that of its sound to the machine's, in dB."""

    NONE = "none"
    HISS = "hiss"
    """A leak: noise from 3 kHz up."""
    SQUEAL = "squeal"
    """A dry bearing: narrow noise about 2.4 kHz that comes and goes."""
    KNOCK = "knock"
    """Something loose: a ringing blow with each turn of the shaft."""


def machine_sound(
    *,
    machine: int,
    take: int,
    seconds: float,
    rate: float = 16_000.0,
    rpm: float = 1_480.0,
    fault: SoundFault = SoundFault.NONE,
    fault_db: float = -10.0,
    gain_db: float = 0.0,
) -> NDArray[np.float32]:
    """machine: which one. take: which recording of it. gain_db: of the microphone."""
    build = np.random.default_rng([machine, 11])
    rng = np.random.default_rng([machine, take, 12])
    times = np.arange(round(seconds * rate)) / rate
    turns = rpm / 60 * (1 + 0.002 * np.sin(2 * np.pi * times / 7 + rng.uniform(0, 6)))
    angle = 2 * np.pi * np.cumsum(turns) / rate + rng.uniform(0, 6)
    sound = np.zeros_like(times)
    for multiple in (1, 2, 3, 4, 6, 9, 14):
        loud = 0.03 / multiple**0.6 * 10 ** (build.normal() * 0.15 + rng.normal() * 0.04)
        sound += loud * np.sin(multiple * angle + rng.uniform(0, 6))
    noise = rng.normal(size=len(times))
    for hz, sharp in zip(build.uniform(200, 5_000, 4), build.uniform(2, 8, 4), strict=True):
        b, a = signal.iirpeak(min(hz, 0.4 * rate), sharp, fs=rate)
        sound += 0.05 * 10 ** (rng.normal() * 0.03) * signal.lfilter(b, a, noise)
    breath = 1 + 0.15 * np.sin(2 * np.pi * times / rng.uniform(3, 9) + rng.uniform(0, 6))
    sound += 0.01 * breath * rng.normal(size=len(times))
    if fault is not SoundFault.NONE:
        added = _added(fault, angle, rate, rng)
        sound += added * np.std(sound) / np.std(added) * 10 ** (fault_db / 20)
    sound *= 0.3 * 10 ** (gain_db / 20)
    return np.clip(sound, -1, 1).astype(np.float32)


def with_event(sound: NDArray[np.float32], rate: float, *, take: int) -> NDArray[np.float32]:
    """Somebody drops a bar and shouts: 1.2 s, as loud as the microphone takes."""
    rng = np.random.default_rng([take, 13])
    length = min(round(1.2 * rate), len(sound))
    times = np.arange(length) / rate
    shout = 0.4 * np.sin(2 * np.pi * (300 * times + 40 * np.sin(9 * times)))
    bar = np.exp(-6 * times) * sum(np.sin(2 * np.pi * hz * times) for hz in (740, 1_870, 3_930))
    begin = int(rng.integers(0, len(sound) - length + 1))
    loud = sound.astype(np.float64)
    loud[begin : begin + length] += 0.5 * shout + 0.3 * bar
    return np.clip(loud, -1, 1).astype(np.float32)


def _added(fault: SoundFault, angle: Sound, rate: float, rng: np.random.Generator) -> Sound:
    noise = rng.normal(size=len(angle))
    if fault is SoundFault.HISS:
        return np.asarray(
            signal.sosfilt(signal.butter(4, 3_000, "high", fs=rate, output="sos"), noise)
        )
    if fault is SoundFault.SQUEAL:
        b, a = signal.iirpeak(2_400, 30, fs=rate)
        comes = 1 + 0.8 * np.sin(2 * np.pi * 1.3 * np.arange(len(angle)) / rate)
        return np.asarray(comes * signal.lfilter(b, a, noise))
    blows = np.diff(np.floor(angle / (2 * np.pi)), prepend=0) > 0
    since = np.arange(round(0.05 * rate)) / rate
    ring = np.exp(-120 * since) * np.sin(2 * np.pi * 1_150 * since)
    return np.asarray(signal.fftconvolve(blows.astype(np.float64), ring)[: len(angle)])
