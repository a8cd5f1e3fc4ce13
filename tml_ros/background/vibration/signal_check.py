"""Whether anything can be said of a block of vibration at all.

Knows nothing of machines and methods. Pure functions; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.reading import Waveform

MAX_SAMPLES = 1 << 20
"""Of a longer block the last ones are judged: memory and time stay bounded."""
STANDARD_GRAVITY = 9.80665
ACCELERATION_UNITS: Final[Mapping[str, float]] = MappingProxyType(
    {"g": STANDARD_GRAVITY, "mg": STANDARD_GRAVITY / 1000, "m/s2": 1.0, "m/s^2": 1.0}
)
"""Metres per second squared of one."""

_RAIL_SHARE = 2e-4
_RAIL_RUN = 2
_FLAT = 1e-9


def flaw(waveform: Waveform) -> str:
    """Why the block cannot be judged, as the end of a sentence; "" where it can."""
    return _unfit(waveform) or _telling_nothing(np.asarray(waveform.samples))


def _unfit(waveform: Waveform) -> str:
    samples = np.asarray(waveform.samples)
    if samples.ndim != 1 or not np.issubdtype(samples.dtype, np.floating):
        return f"it is {samples.dtype} of shape {samples.shape}, not one row of floats"
    if not (math.isfinite(waveform.rate) and waveform.rate > 0):
        return f"its sample rate is {waveform.rate:g} Hz"
    if len(samples) < 2:
        return f"it has {len(samples)} samples"
    missing = int(np.count_nonzero(~np.isfinite(samples)))
    if missing:
        return f"{missing} of its {len(samples)} samples are not numbers"
    return ""


def _telling_nothing(samples: NDArray[np.floating]) -> str:
    spread = float(samples.std(dtype=np.float64))
    if spread <= _FLAT * max(1.0, float(np.abs(samples).max())):
        return f"the signal stands still at {float(samples[0]):g}: is the sensor connected?"
    share = _railed(samples)
    if share > _RAIL_SHARE:
        return f"it is clipped: {100 * share:.2g} % of the samples stand at the end of the range"
    return ""


def speed_flaw(rpm: float | None) -> str:
    """Why a shaft speed is of no use, as the end of a sentence; "" where it is."""
    if rpm is None:
        return "the shaft speed is not known"
    if not (math.isfinite(rpm) and rpm > 0):
        return f"a shaft speed of {rpm:g} rpm says nothing"
    return ""


def judged_samples(waveform: Waveform) -> NDArray[np.float64]:
    """The samples that are judged, without their mean; float64 [n <= MAX_SAMPLES]."""
    samples = np.asarray(waveform.samples[-MAX_SAMPLES:], np.float64)
    return np.asarray(samples - samples.mean())


def _railed(samples: NDArray[np.floating]) -> float:
    """Share of samples in runs at the extremes: what a converter at its limit gives."""
    railed = 0
    for rail in (samples.max(), samples.min()):
        at = samples == rail
        runs = at[1:] & at[:-1]
        if int(np.count_nonzero(runs)) >= _RAIL_RUN:
            railed += int(np.count_nonzero(at))
    return railed / len(samples)
