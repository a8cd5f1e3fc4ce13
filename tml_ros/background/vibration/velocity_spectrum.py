"""Vibration velocity from what an accelerometer gives: mm/s, by integration of the spectrum.

Knows nothing of limits and orders. Stateless; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.signal_check import ACCELERATION_UNITS, judged_samples

VELOCITY_UNITS: Final = {"mm/s": 1.0, "m/s": 1000.0}
USABLE_SHARE: Final = 1 / 2.56
"""Of the sample rate: above it the filter before the converter cuts."""


@dataclass(frozen=True, slots=True)
class VelocitySpectrum:
    """hertz, power: float64 [n]; power of the velocity in each line, (mm/s RMS)^2."""

    hertz: NDArray[np.float64]
    power: NDArray[np.float64]

    @property
    def step(self) -> float:
        """Hz between two lines."""
        return float(self.hertz[1])

    def rms(self, low: float, high: float) -> float:
        """mm/s RMS of what lies between two frequencies."""
        inside = (self.hertz >= low) & (self.hertz <= high)
        return float(np.sqrt(self.power[inside].sum()))


def unit_flaw(unit: str) -> str:
    """Why a unit is of no use here, as the end of a sentence; "" where it is."""
    if unit in ACCELERATION_UNITS or unit in VELOCITY_UNITS:
        return ""
    known = ", ".join([*ACCELERATION_UNITS, *VELOCITY_UNITS])
    return f"its unit is {unit or 'not given'!r}, not one of {known}"


def velocity_spectrum(waveform: Waveform, *, seconds: float) -> VelocitySpectrum:
    """The spectrum of the velocity, averaged over stretches of at most `seconds`.

    waveform: of acceleration or velocity, without flaw. Hann windows overlapping by half (Welch);
    lines below two steps are left out, where the window smears what does not move.
    """
    samples = judged_samples(waveform)
    length = min(len(samples), max(16, round(seconds * waveform.rate)))
    hertz, density = signal.welch(
        signal.detrend(samples), waveform.rate, window="hann", nperseg=length
    )
    power = density * hertz[1]
    power[:2] = 0
    if waveform.unit in VELOCITY_UNITS:
        return VelocitySpectrum(hertz, power * VELOCITY_UNITS[waveform.unit] ** 2)
    scale = 1000 * ACCELERATION_UNITS[waveform.unit]
    power[2:] *= (scale / (2 * np.pi * hertz[2:])) ** 2
    return VelocitySpectrum(hertz, power)
