"""The noise that a turn's voice begins from, counted rather than drawn.

Knows nothing of sessions: seed and number of the turn say it all, so a session that was silent,
saved, or stepped in a batch hears the same noise as one that was not. No state; any thread.
"""

from __future__ import annotations

from operator import index

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import MEL_FRAMES, MELS

LARGEST = 2**63
"""The largest seed and the largest number of a turn."""


def turn_noise(seed: int, turn: int) -> NDArray[np.float32]:
    """Standard normal float32 [8, 80]; the same for the same seed and turn, whatever came before.

    Philox, keyed by the two (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
    through NumPy's normal distribution, which a release of NumPy may change. ValueError for a seed
    or a turn outside 0..2**63.
    """
    for name, number in (("seed", seed), ("turn", turn)):
        if not 0 <= number <= LARGEST:
            raise ValueError(f"{name} must be within 0..2**63, not {number}")
    key = np.array([index(seed), index(turn)], np.uint64)
    generator = np.random.Generator(np.random.Philox(key=key))
    return generator.standard_normal((MEL_FRAMES, MELS), np.float32)
