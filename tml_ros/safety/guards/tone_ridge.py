"""The one narrow tone that stands out of the sound, followed from moment to moment.

A short-time spectrum is divided by its own slowly learned background, so that hum, whistles and
fans that go on for long vanish from it. Of what is left, a tone and its harmonics must make up
much: voices and music spread theirs over many. Knows nothing of sirens. Owned by its guard.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from tml_ros.turn.micro_turn import SAMPLE_RATE

WINDOW = 512
STEP = 256
"""16 ms between spectra of 32 ms: long enough for 31 Hz bins, short enough for a yelp, which
moves through 180 Hz meanwhile."""
LOWEST_HZ, HIGHEST_HZ = 400.0, 3000.0

_BIN_HZ = SAMPLE_RATE / WINDOW
_FIRST, _LAST = round(LOWEST_HZ / _BIN_HZ), round(HIGHEST_HZ / _BIN_HZ)
_BINS = round(4200.0 / _BIN_HZ)
_HEARD_FROM = 3
"""Below about 100 Hz there is rumble and direct current, no sound to share the power with."""
_FLOOR = 1e-9
"""Power of one bin that counts as silence: about -90 dB of a full-scale tone."""
_LOBE = 2
_HARMONICS = (2, 3, 4, 5)
_ABOVE_BACKGROUND = 2.5
"""What of a bin is below so many times its mean background is noise's own swing, and left out."""
_LEAST_EXCESS = 8.0
_MASKED_DB = 28.0
"""So far below what is new and loudest nothing counts: echoes of a siren's other tone, say, which
in a quiet hall stand out of their own background as far as the tone itself."""
_LEAST_SHARE = 0.3
_CONTINUES = 0.15
_QUANTILE = 0.3
_RISE_DB_PER_S = 8.0
_QUANTILE_TO_MEAN_DB = 4.5
_LEARNING_S = 2.0
_HANN = np.hanning(WINDOW + 1)[:-1] / (WINDOW / 2)


class ToneRidge:
    """Follows the strongest tone between `LOWEST_HZ` and `HIGHEST_HZ`."""

    def __init__(self) -> None:
        """Start without a background."""
        self.reset()

    def reset(self) -> None:
        """Forget the background too."""
        self._background_db: NDArray[np.float64] | None = None
        self._learned_s = 0.0
        self.break_off()

    def break_off(self) -> None:
        """The next sound does not join on to the last."""
        self._tail = np.zeros(WINDOW - STEP, np.float32)
        self._last_bin = 0.0

    def follow(self, hop: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Take in the next samples, a multiple of `STEP` of them.

        Answers with one value per spectrum, float64 [len / STEP] each: the tone's frequency in Hz,
        NaN where none stands out, and the share of it and its harmonics in all that is not
        background, 0..1.
        """
        sound = np.concatenate([self._tail, hop])
        self._tail = sound[-(WINDOW - STEP) :]
        frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::STEP]
        power = np.square(np.abs(np.fft.rfft(frames * _HANN, axis=1)[:, :_BINS])) + _FLOOR
        background = self._learn(power)
        new = np.where(power > _LEAST_EXCESS * background, power, 0.0).max(axis=1, keepdims=True)
        audible = np.maximum(background, new * 10 ** (-_MASKED_DB / 10))
        excess = np.maximum(power / audible - _ABOVE_BACKGROUND, 0.0)
        excess[:, :_HEARD_FROM] = 0.0
        sums = np.cumsum(np.pad(excess, ((0, 0), (_LOBE + 1, _LOBE))), axis=1)
        lobes = sums[:, 2 * _LOBE + 1 :] - sums[:, : -2 * _LOBE - 1]
        hz, share = np.full(len(frames), np.nan), np.zeros(len(frames))
        for i, row in enumerate(lobes):
            if (peak := self._peak(row)) is None:
                continue
            share[i] = _with_harmonics(row, peak) / sums[i, -1]
            if share[i] >= _LEAST_SHARE:
                self._last_bin = _centre(power[i], peak)
                hz[i] = self._last_bin * _BIN_HZ
        return hz, share

    def _learn(self, power: NDArray[np.float64]) -> NDArray[np.float64]:
        level_db = 10 * np.log10(power.mean(axis=0))
        if self._background_db is None:
            # Smoothed over frequency, so that a siren that sounds from the first sample on
            # is not taken for part of the room.
            self._background_db = _smooth(level_db) - _QUANTILE_TO_MEAN_DB
        seconds = power.shape[0] * STEP / SAMPLE_RATE
        self._learned_s += seconds
        step_db = _RISE_DB_PER_S / _QUANTILE * seconds
        if self._learned_s < _LEARNING_S:
            step_db *= 3.0
        up = level_db > self._background_db
        self._background_db += step_db * np.where(up, _QUANTILE, _QUANTILE - 1.0)
        # In a silent room the skirts of a tone would each weigh as much as the tone itself, were
        # they measured by their own background.
        background_db = np.maximum(self._background_db, _smooth(self._background_db))
        return np.asarray(10 ** ((background_db + _QUANTILE_TO_MEAN_DB) / 10))

    def _peak(self, lobes: NDArray[np.float64]) -> int | None:
        band = lobes[_FIRST : _LAST + 1]
        best = int(band.argmax())
        if band[best] < _LEAST_EXCESS:
            return None
        # A harmonic may be the louder one for a while; the tone is still the same.
        low = max(0, int(self._last_bin * (1 - _CONTINUES)) - _FIRST)
        high = int(self._last_bin * (1 + _CONTINUES)) + 2 - _FIRST
        near = band[low:high] if high > low else band[:0]
        if near.size and near.max() >= max(_LEAST_EXCESS, 0.1 * band[best]):
            close = low + int(near.argmax())
            # The flank of another tone is no continuation of this one.
            if band[close] >= band[max(0, close - 1) : close + 2].max():
                best = close
        return best + _FIRST


def _smooth(level_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median over half a kilohertz to both sides."""
    return np.asarray(median_filter(level_db, size=33, mode="mirror"))


def _with_harmonics(lobes: NDArray[np.float64], peak: int) -> float:
    total = float(lobes[peak])
    for harmonic in _HARMONICS:
        around = lobes[harmonic * peak - 1 : harmonic * peak + 2]
        total += float(around.max()) if around.size else 0.0
    return total


def _centre(power: NDArray[np.float64], peak: int) -> float:
    around = power[peak - _LOBE : peak + _LOBE + 1]
    return float((around * np.arange(peak - _LOBE, peak + _LOBE + 1)).sum() / around.sum())
