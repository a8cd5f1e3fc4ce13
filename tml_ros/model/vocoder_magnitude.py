"""Magnitudes that have given mels: a first guess, and the nearest to magnitudes at hand.

Knows nothing of time or phases. Pure; any thread.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.mel_bands import to_frequencies, to_mels
from tml_ros.model.mel_filters import mel_filters

LOWEST_LOG = -10.0
HIGHEST_LOG = 3.0
"""A full-scale tone reaches about 2.5."""
_STEPS = 2
_SMALL = np.float32(1e-20)


def mels_of(log_mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log10 of mel magnitude, of any shape, to magnitude; limited to -10..3, NaN as -10."""
    # fmax, not maximum: it drops NaN.
    limited = np.fmin(np.fmax(log_mel, np.float32(LOWEST_LOG)), np.float32(HIGHEST_LOG))
    mels: NDArray[np.float32] = np.float32(10) ** limited
    return mels


def magnitudes_of(mels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth magnitudes of about these mels: float32 [n, 80] to [n, 513], >= 0.

    Each channel is spread evenly over its triangle; steps of Richardson (1972) and Lucy (1974)
    then move magnitude to where overlapping channels agree on it.
    """
    found = to_frequencies(mels / _areas())
    for _ in range(_STEPS):
        found *= to_frequencies(mels / np.maximum(to_mels(found), _SMALL))
    return found


def matched(spectra: NDArray[np.complex64], mels: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Spectra [n, 513] scaled channel by channel towards mels [n, 80]: one such step.

    Phases stay, and so does what a channel cannot tell: how its magnitude lies within it.
    """
    magnitudes = np.sqrt(spectra.real * spectra.real + spectra.imag * spectra.imag)
    scale = to_frequencies(mels / np.maximum(to_mels(magnitudes), _SMALL))
    found: NDArray[np.complex64] = spectra * scale
    return found


@cache
def _areas() -> NDArray[np.float32]:
    areas: NDArray[np.float32] = mel_filters().sum(axis=0)
    return areas
