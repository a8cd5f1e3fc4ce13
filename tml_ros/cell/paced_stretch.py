"""Speech made longer or shorter without a change of pitch.

WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", ICASSP 1993. Knows nothing of words. Pure.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.turn.micro_turn import SAMPLE_RATE

WINDOW: Final = SAMPLE_RATE * 24 // 1000
"""Samples that are taken over in one piece: 24 ms, two periods of a low voice."""
_HOP: Final = WINDOW // 2
_SEARCH: Final = SAMPLE_RATE * 8 // 1000
"""A piece is taken from so far before or after its place at most, where it fits best."""
_SILENT: Final = 1e-9


def stretched(speech: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """The speech over `length` samples: float32 [n], 16 kHz, to float32 [length].

    The same speech where that is its length; silence where there is none of it.
    """
    if len(speech) == length or not length:
        return speech[:length]
    if not len(speech):
        return np.zeros(length, np.float32)
    pieces = -(-length // _HOP) + 1
    out = np.zeros((pieces + 1) * _HOP, np.float32)
    # Sound beyond both ends, so that every piece can be searched for alike.
    before = _HOP + _SEARCH
    source = np.pad(speech, (before, WINDOW + 2 * _SEARCH))
    window = _window()
    pace = len(speech) / length
    wanted: NDArray[np.float32] | None = None
    for piece in range(pieces):
        # Where the piece would begin in the source, half a window before its place.
        place = min(round(piece * _HOP * pace), len(speech)) + _SEARCH
        if wanted is not None:
            place += _best(source[place - _SEARCH : place + _SEARCH + WINDOW], wanted) - _SEARCH
        out[piece * _HOP : piece * _HOP + WINDOW] += window * source[place : place + WINDOW]
        wanted = source[place + _HOP : place + _HOP + WINDOW]
    return out[_HOP : _HOP + length]


def _best(around: NDArray[np.float32], wanted: NDArray[np.float32]) -> int:
    """Where in `around` [m] that is likest `wanted` [WINDOW] begins; the middle in silence."""
    likeness = np.correlate(around, wanted, mode="valid")
    energy = np.concatenate([[0.0], np.cumsum(np.square(around, dtype=np.float64))])
    power = energy[len(wanted) :] - energy[: -len(wanted)]
    if power.max(initial=0.0) < _SILENT or float(np.square(wanted).sum()) < _SILENT:
        return _SEARCH
    return int(np.argmax(likeness / np.sqrt(power + _SILENT)))


def _window() -> NDArray[np.float32]:
    """Halves of neighbours add up to 1: float32 [WINDOW]."""
    at = np.arange(WINDOW) / WINDOW
    return (0.5 - 0.5 * np.cos(2 * np.pi * at)).astype(np.float32)
