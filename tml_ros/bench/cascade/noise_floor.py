"""How loud it is where nobody speaks, and how much louder it becomes now and then.

Follows the level of 20 ms frames, in dB of full scale. Machines are not steady noise: what stands
out of the floor by as much as they often do is not somebody. Knows nothing of who speaks: it is
told. Of the thread of its session.
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
_BUMPS: Final = 200
"""Frames without speech from which is known how much the noise stands out: 4 s."""
_OFTEN: Final = 95.0
"""Percentile of them."""
_FIRST_BUMP_DB: Final = 7.0
"""Believed before anything is known, as if it had been seen for `_FIRST` frames."""
_MOST_BUMP_DB: Final = 10.0


class NoiseFloor:
    """Falls fast, rises slowly."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)
        self._bumps: deque[float] = deque(maxlen=_BUMPS)
        self.level_db = LOWEST_DB
        self.bump_db = _FIRST_BUMP_DB
        """How far the noise often stands out of `level_db`."""

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
        if not speaking:
            self._stands_out(max(0.0, gap))

    def heard_for_long(self) -> None:
        """Speech without an end: the quietest tenth of what was heard is taken for noise."""
        self.level_db = max(self.level_db, float(np.percentile(self._levels, 10)))

    def _stands_out(self, bump_db: float) -> None:
        self._bumps.append(bump_db)
        often = min(float(np.percentile(self._bumps, _OFTEN)), _MOST_BUMP_DB)
        share = len(self._bumps) / (len(self._bumps) + _FIRST)
        if len(self._bumps) == _BUMPS:
            share = 1.0
        self.bump_db = share * often + (1 - share) * _FIRST_BUMP_DB
