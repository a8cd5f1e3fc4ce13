"""What goes wrong in a scenario that is taught, so that the way back from it is learnt too.

Begun late, stopped late, words that nobody asked for, a word written wrong. Everything is drawn
from the source that is given; with no mistakes nothing is drawn from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

LATE_START: Final = 0.25
LATE_STOP: Final = 0.25
WRONG_WORD: Final = 0.06
"""Shares of what is begun, stopped and said."""
UNASKED_S: Final = 60.0
"""Once in so many seconds something is said that nobody asked for."""
TURN_S: Final = 0.2


class Mistakes:
    """How much of what is done is wrong, and how.

    share: of the usual number of mistakes; 0 for none.
    """

    def __init__(self, rng: np.random.Generator, share: float) -> None:
        if not 0 <= share <= 1 / max(LATE_START, LATE_STOP):
            raise ValueError(f"mistakes must be within 0..4, not {share}")
        self._rng, self._share = rng, share

    def late_start(self) -> int:
        """Turns by which a start is late."""
        return self._turns(4) if self._happens(LATE_START) else 0

    def late_stop(self) -> int:
        """Turns by which a stop is late."""
        return self._turns(2) if self._happens(LATE_STOP) else 0

    def unasked(self) -> int:
        """How many turns of words that nobody asked for begin in this turn; mostly 0."""
        return self._turns(3) if self._happens(TURN_S / UNASKED_S) else 0

    def wrong_word(self, tokens: Sequence[int]) -> tuple[int, int] | None:
        """The place of a wrong token and the token, one of these; mostly None."""
        if not tokens or not self._happens(WRONG_WORD):
            return None
        return int(self._rng.integers(64)), int(tokens[int(self._rng.integers(len(tokens)))])

    def _happens(self, likely: float) -> bool:
        return self._share > 0 and bool(self._rng.random() < likely * self._share)

    def _turns(self, most: int) -> int:
        return int(self._rng.integers(1, most + 1))
