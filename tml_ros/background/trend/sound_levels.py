"""Third-octave levels of a machine's sound, block by block, that short events do not get into.

Bands after IEC 61260-1 (base ten). The level of a block is the median over its quarter-second
frames without the loudest: what sounds for less than half of a block is hardly in it, and what is
8 dB louder than the rest not at all. Knows nothing of machines. Pure; any
thread.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.background.trend.even_series import Floats

BLOCK_S = 4.0
LOWEST_HZ = 50.0
HIGHEST_HZ = 16_000.0
FLOOR_DB = -120.0
SILENT = 1e-5
"""A peak below this is no sound but a microphone that is off."""
CLIPPED = 0.01
"""More samples than this part at full scale, and the sound is spoilt."""
EVENT_DB = 8.0
"""A frame that is so much louder than most of its block is an event and not the machine."""
MOST_BLOCKS = 150


def band_centres(rate: float) -> Floats:
    """Centre frequencies in Hz of the bands that fit below 0.45 of the rate.

    Raises ValueError for a rate that leaves fewer than 8 bands.
    """
    if not np.isfinite(rate) or rate < 1_000:
        raise ValueError(f"a rate of {rate} leaves too few bands")
    highest = min(HIGHEST_HZ, 0.45 * rate / 10**0.05)
    first = round(10 * np.log10(LOWEST_HZ / 1_000))
    last = int(np.floor(10 * np.log10(highest / 1_000) + 1e-9))
    return np.asarray(1_000.0 * 10 ** (np.arange(first, last + 1) / 10), np.float64)


def trouble(samples: NDArray[np.float32]) -> str:
    """Why a sound says nothing; "" where it does."""
    if not len(samples):
        return "there is no sound"
    if not np.isfinite(samples).all():
        return "the sound has samples that are no numbers"
    loudest = float(np.max(np.abs(samples)))
    if loudest < SILENT:
        return "the microphone hears nothing at all"
    if np.mean(np.abs(samples) >= max(0.999, 0.999 * loudest)) > CLIPPED:
        return "the microphone is overloaded"
    return ""


def block_levels(samples: NDArray[np.float32], rate: float) -> Floats:
    """Levels in dB of full scale: float64 [blocks, bands]; no rows for less than half a block.

    samples: float32 [n], finite. At most the last 10 minutes.
    """
    centres = band_centres(rate)
    size = 2 ** round(np.log2(0.25 * rate))
    hop = size // 2
    length = round(BLOCK_S * rate)
    samples = samples[-MOST_BLOCKS * length :]
    whole = len(samples) // length
    blocks = [samples[place * length : (place + 1) * length] for place in range(whole)]
    if not whole and len(samples) >= length // 2:
        blocks = [samples]
    window = np.hanning(size + 1)[:-1]
    edges = np.searchsorted(
        np.fft.rfftfreq(size, 1 / rate), np.append(centres / 10**0.05, centres[-1] * 10**0.05)
    )
    scale = 2 / np.sum(window**2) / size
    levels = np.empty((len(blocks), len(centres)))
    for row, block in enumerate(blocks):
        frames = np.lib.stride_tricks.sliding_window_view(block, size)[::hop]
        power = np.abs(np.fft.rfft(frames * window)) ** 2 * scale
        bands = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1)
        frame_levels = 10 * np.log10(bands + 10 ** (FLOOR_DB / 10))
        loudness = 10 * np.log10(bands.sum(axis=1) + 10 ** (FLOOR_DB / 10))
        calm = loudness <= np.median(loudness) + EVENT_DB
        levels[row] = np.median(frame_levels[calm], axis=0)
    return levels
