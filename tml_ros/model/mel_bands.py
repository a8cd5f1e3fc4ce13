"""Between 513 frequencies and 80 mel channels, both ways, by the filters of `mel_filters`.

Sums go along each frame alone and never through a matrix product, so a frame gives the same bits
in whatever company, on however many threads. Knows nothing of windows or logarithms. Pure; any
thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.mel_filters import FREQUENCIES, channel_edges_hz, frequencies_hz, mel_filters
from tml_ros.model.preset import MELS


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The frequencies of any channel, cut at the channels' edges into 81 stretches.

    A stretch lies on the rising side of the channel of its number and on the falling side of the
    one before. heard: the frequencies. starts: the first of each stretch, among them.
    rising, falling: the filters' weights on either side. above, below: channel of either side.
    rising_share, falling_share: the same weights, made to add up to 1 for each frequency.
    """

    heard: slice
    starts: NDArray[np.intp]
    rising: NDArray[np.float32]
    falling: NDArray[np.float32]
    above: NDArray[np.intp]
    below: NDArray[np.intp]
    rising_share: NDArray[np.float32]
    falling_share: NDArray[np.float32]


@cache
def _stretches() -> _Stretches:
    filters = mel_filters()
    bins = np.flatnonzero(filters.any(axis=1))
    stretch = np.searchsorted(channel_edges_hz(), frequencies_hz()[bins]) - 1
    above, below = np.minimum(stretch, MELS - 1), np.maximum(stretch - 1, 0)
    rising = np.where(stretch < MELS, filters[bins, above], np.float32(0))
    falling = np.where(stretch > 0, filters[bins, below], np.float32(0))
    both = rising + falling
    return _Stretches(
        slice(int(bins[0]), int(bins[-1]) + 1),
        np.searchsorted(stretch, np.arange(MELS + 1)),
        rising,
        falling,
        above,
        below,
        rising / both,
        falling / both,
    )


def to_mels(magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 [n, 513] to [n, 80]: the filters' weighted sums."""
    cut = _stretches()
    heard = magnitudes[:, cut.heard]
    rising = np.add.reduceat(heard * cut.rising, cut.starts, axis=1)
    falling = np.add.reduceat(heard * cut.falling, cut.starts, axis=1)
    mels: NDArray[np.float32] = rising[:, :-1] + falling[:, 1:]
    return mels


def to_frequencies(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 [n, 80] to [n, 513]: for each frequency the mean of its channels, by their weight.

    Frequencies of no channel are 0.
    """
    cut = _stretches()
    spread = np.zeros((len(channels), FREQUENCIES), np.float32)
    rising = channels[:, cut.above] * cut.rising_share
    spread[:, cut.heard] = rising + channels[:, cut.below] * cut.falling_share
    return spread
