"""The speed of the shaft as the signal itself shows it, near the one that was given.

Tachometers are rounded and motors slip. The shaft's own lines in the spectrum, once, twice, thrice
a turn and so on, tell the speed to some parts in ten thousand, where enough of them stand out.
Knows nothing of bearings. Stateless; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.vibration.envelope import running_median

SEARCHED: Final = 0.03
"""Share by which a given speed may be off."""
_HARMONICS = 12
_TALL = 4.0
_MOST = 3.0
_LEAST_LINES = 3
_RIVAL_SHARE = 0.8
_MEDIAN_LINES = 61


@dataclass(frozen=True, slots=True)
class ShaftSpeed:
    """rpm: of the shaft. found: in the signal; otherwise it is as given."""

    rpm: float
    found: bool


def shaft_speed(samples: NDArray[np.float64], rate: float, rpm: float) -> ShaftSpeed:
    """The speed within `SEARCHED` of `rpm` whose harmonics stand out; `rpm` where none do.

    samples: float64 [n] without mean.
    """
    count = len(samples)
    size = np.abs(np.fft.rfft(samples * np.hanning(count)))
    median = running_median(size, _MEDIAN_LINES)
    tallness = np.log(np.maximum(size / np.maximum(median, 1e-300), 1.0))
    height = np.minimum(tallness, _MOST)
    hertz = rate / count
    given = rpm / 60
    multiples = [k for k in range(1, _HARMONICS + 1) if k * given * 1.05 < rate / 2]
    reach = np.arange(1 - SEARCHED, 1 + SEARCHED, 0.25 * hertz / given / len(multiples))
    speeds = given * reach
    lines = np.rint(np.outer(multiples, speeds) / hertz).astype(np.int64)
    stand = height[lines]
    score = stand.sum(axis=0)
    best = int(score.argmax())
    tall = int(np.count_nonzero(stand[:, best] > np.log(_TALL)))
    # Two lines of the spectrum apart is another speed.
    elsewhere = np.abs(speeds - speeds[best]) > 2 * hertz
    rival = float(score[elsewhere].max()) if elsewhere.any() else 0.0
    if tall < _LEAST_LINES or rival > _RIVAL_SHARE * score[best]:
        return ShaftSpeed(rpm, found=False)
    # Lines are a few bins wide; where all their middles meet is the speed.
    near = speeds[~elsewhere]
    exact = np.interp(np.outer(multiples, near), np.arange(len(size)) * hertz, tallness)
    return ShaftSpeed(60 * float(near[int(exact.sum(axis=0).argmax())]), found=True)
