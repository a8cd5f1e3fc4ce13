"""How loud it is where nobody speaks: a guess that follows the level of 20 ms frames.

Levels are dB of full scale. Knows nothing of who speaks: it is told. Of the thread of its session.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np

LOWEST_DB: Final = -65.0
"""No noise is taken to be quieter: what is below is digital silence."""
_ABSENT_DB: Final = -90.0
_FIRST: Final = 25
"""Frames: 0.5 s at the beginning in which the noise is got to know and nobody is heard."""
_REMEMBERED: Final = 500
_RISE_DB, _RISE_SPEAKING_DB = 0.10, 0.01
"""Per frame: 5 dB/s, and 0.5 dB/s while somebody speaks."""


class NoiseFloor:
    """Falls fast, rises slowly."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)
        self.level_db = LOWEST_DB

    @property
    def ready(self) -> bool:
        """Whether enough was heard to say anything."""
        return len(self._levels) >= _FIRST

    def learn(self, level_db: float, *, speaking: bool) -> None:
        """Take in the level of one frame. What is digitally silent was not heard at all."""
        if level_db < _ABSENT_DB and self.ready:
            return
        self._levels.append(max(level_db, LOWEST_DB))
        if len(self._levels) <= _FIRST:
            self.level_db = float(np.median(self._levels))
            return
        gap = self._levels[-1] - self.level_db
        rise = _RISE_SPEAKING_DB if speaking else _RISE_DB
        self.level_db += 0.1 * gap if gap < 0 else min(0.05 * gap, rise)

    def heard_for_long(self) -> None:
        """Speech without an end: the quietest tenth of what was heard is taken for noise."""
        self.level_db = max(self.level_db, float(np.percentile(self._levels, 10)))
