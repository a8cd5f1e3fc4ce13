"""Everything heard moved up or down, as larger and smaller throats and machines would sound.

Done on the levels that the model is given, so that nothing becomes longer or shorter (vocal tract
length perturbation, Jaitly and Hinton 2013). Pure; any thread.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.mel_filters import channel_edges_hz
from tml_ros.model.preset import MELS

MOST_FACTOR: Final = 1.09


def moved_pitch(bins: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    """Levels of whole frames, uint8 [..., n * 80], of sound whose frequencies are `factor` times
    as high; 1 changes nothing.
    """
    if factor == 1.0:
        return bins
    frames = bins.reshape(*bins.shape[:-1], bins.shape[-1] // MELS, MELS)
    return np.ascontiguousarray(frames[..., _sources(factor)].reshape(bins.shape))


@lru_cache(maxsize=8)
def _sources(factor: float) -> NDArray[np.int64]:
    """int64 [80]: the channel from which each one is taken."""
    middles = channel_edges_hz()[1:-1]
    wanted = middles / factor
    found = np.interp(wanted, middles, np.arange(MELS))
    return np.rint(found).astype(np.int64)
