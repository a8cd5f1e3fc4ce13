"""What is altered on a session's sensor tokens themselves: zones' places, differences, pitch.

The same for all turns of a lesson. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.training.sensing.moved_pitch import MOST_FACTOR, moved_pitch
from tml_ros.training.sensing.variety import Variety


@dataclass(frozen=True, slots=True)
class TokenChange:
    """places: int64 [zones of the preset], where the zone of each place goes. still: no difference
    to a background is shown. pitch: factor of all frequencies.
    """

    places: NDArray[np.int64]
    still: bool = False
    pitch: float = 1.0

    def tokens(self, tokens: SensorTokens) -> SensorTokens:
        """Those of a turn, altered; what is not altered is not copied."""
        if not np.array_equal(self.places, np.arange(len(self.places))):
            masks = tokens.masks[..., np.argsort(self.places)]
            tokens = replace(tokens, masks=np.ascontiguousarray(masks))
        if self.still:
            tokens = replace(tokens, difference=np.zeros_like(tokens.difference))
        if self.pitch != 1.0:
            tokens = replace(tokens, bins=moved_pitch(tokens.bins, self.pitch))
        return tokens


def drawn_token_change(
    rng: np.random.Generator, variety: Variety, *, zones: int, places: int
) -> TokenChange:
    """One at random. zones: how many there are. places: how many the model has."""
    still, scattered, moved = (
        rng.random(3) < (variety.still, variety.scattered, variety.pitch)
    ).tolist()
    anywhere, first = rng.permutation(places), np.arange(places)
    factor = MOST_FACTOR ** rng.uniform(-1.0, 1.0)
    if variety.scattered:
        first[:zones] = rng.permutation(zones)
    return TokenChange(anywhere if scattered else first, still, factor if moved else 1.0)
