"""Sound as log mel magnitudes, turn by turn or at once, and as the levels of dMel.

dMel: Bai et al., "dMel: Speech Tokenization made Simple", 2024 (training-free; each channel of
each frame becomes one of a few levels). Knows nothing of microphones, faults or models. Streams
and functions give the same bits. A stream belongs to the thread that pushes; functions are pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tml_ros.model.mel_bands import to_mels
from tml_ros.model.mel_filters import N_FFT
from tml_ros.model.preset import MELS, SAMPLES_PER_FRAME, HearingPreset
from tml_ros.model.session_arrays import put
from tml_ros.turn.micro_turn import TURN_SAMPLES

WINDOW = 2 * SAMPLES_PER_FRAME
"""Samples of a frame's window: 50 ms."""
TAIL = WINDOW - SAMPLES_PER_FRAME
"""Samples of the turn before that the first frame of a turn begins with."""
QUIETEST = 1e-10
"""Least mel magnitude, so that its logarithm is at least -10."""
_BLOCK_TURNS = 256


class MelStream:
    """Log mel magnitudes of one endless sound.

    Frame k of a turn covers the 400 samples before its own 400, and these; before the first turn
    there was silence. Nothing is late: a turn's frames are complete with the turn.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """What came before was silence."""
        self._tail = np.zeros(TAIL, np.float32)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """One turn: float32 [3200], finite, -1..1, to float32 [8, 80], log10 of magnitude.

        Raises ValueError for another shape or dtype.
        """
        if samples.shape != (TURN_SAMPLES,) or samples.dtype != np.float32:
            raise ValueError(
                f"samples are {samples.dtype} {list(samples.shape)}, "
                f"allowed: float32 [{TURN_SAMPLES}]"
            )
        joined = np.concatenate([self._tail, samples])
        self._tail = joined[-TAIL:].copy()
        return _log_mel(joined)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The end of the last turn."""
        return {"tail": self._tail}

    def facts(self) -> dict[str, Any]:
        """Nothing beside the arrays."""
        return {}

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
        """Go on from a saved state. Raises ValueError naming what does not fit; nothing changes."""
        del facts
        taken = {"tail": np.empty_like(self._tail)}
        put(arrays, taken)
        if not np.isfinite(taken["tail"]).all():
            raise ValueError("saved array 'tail' is not finite")
        self._tail = taken["tail"]


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Whole turns at once: float32 [n * 3200], finite, to float32 [n * 8, 80].

    The same bits as a `MelStream` that is pushed turn after turn. Raises ValueError for another
    shape or dtype.
    """
    if samples.ndim != 1 or samples.size % TURN_SAMPLES or samples.dtype != np.float32:
        raise ValueError(
            f"samples are {samples.dtype} {list(samples.shape)}, "
            f"allowed: float32 [a multiple of {TURN_SAMPLES}]"
        )
    joined = np.concatenate([np.zeros(TAIL, np.float32), samples])
    block = _BLOCK_TURNS * TURN_SAMPLES
    # Blocks only bound the memory of long recordings.
    parts = [_log_mel(joined[at : at + block + TAIL]) for at in range(0, samples.size, block)]
    return np.concatenate([np.empty((0, MELS), np.float32), *parts])


def quantise(mels: NDArray[np.float32], hearing: HearingPreset) -> NDArray[np.uint8]:
    """Log mels of any shape to levels, uint8: `bins` even ones over low..high; beyond, the last.

    NaN is the lowest level.
    """
    scale = np.float32(hearing.bins / (hearing.high - hearing.low))
    levels = np.floor((mels - np.float32(hearing.low)) * scale)
    # fmax, not maximum: it drops NaN.
    limited = np.fmin(np.fmax(levels, np.float32(0)), np.float32(hearing.bins - 1))
    bins: NDArray[np.uint8] = limited.astype(np.uint8)
    return bins


def dequantise(levels: NDArray[np.uint8], hearing: HearingPreset) -> NDArray[np.float32]:
    """The log mel in the middle of each level, float32 of the same shape.

    Raises IndexError for a level that the preset does not have.
    """
    width = (hearing.high - hearing.low) / hearing.bins
    middles = (hearing.low + width * (np.arange(hearing.bins) + 0.5)).astype(np.float32)
    return middles[levels]


@cache
def hann_window() -> NDArray[np.float32]:
    """float32 [800], periodic, read-only: windows 400 samples apart add up to 1."""
    turns = np.arange(WINDOW) / WINDOW
    window = (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)
    window.flags.writeable = False
    return window


def _log_mel(joined: NDArray[np.float32]) -> NDArray[np.float32]:
    frames = sliding_window_view(joined, WINDOW)[::SAMPLES_PER_FRAME]
    spectra = np.fft.rfft(frames * hann_window(), N_FFT).astype(np.complex64, copy=False)
    magnitudes = np.sqrt(spectra.real * spectra.real + spectra.imag * spectra.imag)
    logs: NDArray[np.float32] = np.log10(np.maximum(to_mels(magnitudes), np.float32(QUIETEST)))
    return logs
