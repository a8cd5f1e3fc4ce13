"""How far a sound stands out of all else, judged where it is strongest itself.

Its own band, moment by moment, are those third-octave bands that hold most of its power; what the
rest does elsewhere in the spectrum does not hide it. Knows nothing of hazards. Pure.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.sound.noise import Sound
from tml_ros.turn.micro_turn import SAMPLE_RATE

Course = NDArray[np.float64]

SILENT_DB: Final = -120.0

_FIRST_HZ: Final = 100.0
_BANDS: Final = 19
_OWN_SHARE: Final = 0.6
_LEAST: Final = 1e-14


def own_band_snr_db(part: Sound, rest: Sound, *, window: int) -> Course:
    """By windows of so many samples that overlap by half: float64 [n], dB; SILENT_DB where there is
    nothing of the sound.

    part: the sound, rest: everything else, float32 [n] both.
    """
    own, other = _bands(part, window), _bands(rest, window)
    order = np.argsort(-own, axis=1)
    sorted_own = np.take_along_axis(own, order, axis=1)
    sorted_other = np.take_along_axis(other, order, axis=1)
    reached = np.cumsum(sorted_own, axis=1)
    before = reached - sorted_own
    wanted = before < _OWN_SHARE * reached[:, -1:]
    wanted[:, 0] = True
    signal_power = (sorted_own * wanted).sum(axis=1)
    noise_power = (sorted_other * wanted).sum(axis=1)
    ratio = 10 * np.log10((signal_power + _LEAST) / (noise_power + _LEAST))
    return np.where(signal_power > _LEAST, ratio, SILENT_DB)


def _bands(sound: Sound, window: int) -> Course:
    """Power by third-octave band: float64 [windows, bands]."""
    hop = window // 2
    padded = np.pad(sound, (0, max(0, window - len(sound))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    shape = np.hanning(window + 1)[:-1].astype(np.float32)
    edges = _FIRST_HZ * 2 ** (np.arange(_BANDS) / 3)
    hertz = np.fft.rfftfreq(window, 1 / SAMPLE_RATE)
    band = np.searchsorted(edges, hertz, side="right") - 1
    into = np.zeros((len(hertz), _BANDS))
    used = band >= 0
    into[np.flatnonzero(used), band[used]] = 2 / (window * float(np.sum(shape**2)))
    out = np.empty((len(windows), _BANDS))
    # Many windows at once, but not an hour of them.
    for first in range(0, len(windows), 1024):
        some = windows[first : first + 1024] * shape
        out[first : first + 1024] = np.square(np.abs(np.fft.rfft(some, axis=1))) @ into
    return out
