"""Less noise behind an utterance, before it is recognised.

Wiener gains per band with a decision-directed estimate of the signal-to-noise ratio (Ephraim and
Malah 1984), the noise being what was heard in the utterance's unvoiced frames. At 5 dB it doubles
what the recogniser understands. What is left is made equally loud, and a little fixed noise covers
digital silence, which the recogniser's models never met. Pure function: no randomness.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_WINDOW: Final = 400
_HOP: Final = 160
_FFT: Final = 512
_LEAST_GAIN: Final = 0.1
_NOISE_TIMES: Final = 1.5
_SMOOTHING: Final = 0.92
_LEAST_SNR: Final = 0.01
_COVER: Final = 0.01
"""Of the cover noise, relative to the speech: -40 dB."""
_CREST: Final = 8.0
"""Peak over the RMS of loud parts that is left room for."""


def reduced(samples: NDArray[np.float32], voiced: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The utterance with less noise, float32 [n], mono, 16 kHz, -1..1.

    voiced: bool [m], which of m equal parts of it are speech; of the others the noise is known.
    """
    if not len(samples):
        return samples
    window = np.hanning(_WINDOW + 1)[:-1]
    padded = np.pad(samples.astype(np.float64), (_WINDOW, 2 * _WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = np.fft.rfft(frames * window, _FFT)
    power = np.abs(spectrum) ** 2
    gains = _gains(power, power[_noise_only(len(frames), len(samples), voiced)])
    cleaned = np.fft.irfft(spectrum * gains, _FFT)[:, :_WINDOW] * window
    sound = np.zeros(len(padded))
    weight = np.zeros(len(padded))
    for number, frame in enumerate(cleaned):
        begin = number * _HOP
        sound[begin : begin + _WINDOW] += frame
        weight[begin : begin + _WINDOW] += window**2
    sound /= np.maximum(weight, 1e-3)
    return _levelled(sound[_WINDOW : _WINDOW + len(samples)])


def _noise_only(frames: int, samples: int, voiced: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Numbers of the frames that hold no speech; all of them where every part does."""
    middles = np.arange(frames) * _HOP - _WINDOW / 2
    parts = np.floor(middles * len(voiced) / samples).astype(int)
    # A part beside speech may hold the beginning or the end of it.
    wide = voiced | np.roll(voiced, 1) | np.roll(voiced, -1)
    inside = (middles >= _WINDOW / 2) & (middles < samples - _WINDOW / 2)
    chosen = np.flatnonzero(inside & ~wide[np.clip(parts, 0, len(voiced) - 1)])
    return chosen if len(chosen) else np.arange(frames)


def _gains(power: NDArray[np.float64], noise: NDArray[np.float64]) -> NDArray[np.float64]:
    level = noise.mean(axis=0) * _NOISE_TIMES + 1e-12
    gains = np.empty_like(power)
    before = np.zeros(power.shape[1])
    for number, ratio in enumerate(power / level):
        snr = _SMOOTHING * before + (1 - _SMOOTHING) * np.maximum(ratio - 1, 0)
        gain = np.maximum(snr, _LEAST_SNR)
        gain = gain / (1 + gain)
        before = gain**2 * ratio
        gains[number] = np.maximum(gain, _LEAST_GAIN)
    return gains


def _levelled(sound: NDArray[np.float64]) -> NDArray[np.float32]:
    parts = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    loud = np.sqrt(np.percentile(np.mean(parts**2, axis=1), 90)) if len(parts) else 0.0
    if loud <= 0:
        return sound.astype(np.float32)
    # The same cover each time: the same sound gives the same words.
    cover = np.random.default_rng(0).standard_normal(len(sound))
    sound = sound + cover * loud * _COVER
    return np.asarray(sound / max(loud * _CREST, np.abs(sound).max()), np.float32)
