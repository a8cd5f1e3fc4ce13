"""How loud it is where nobody speaks, and how loud the cell's own voice comes back.

Both are guesses that follow the level of 20 ms frames, in dB of full scale. Know nothing of who
speaks: they are told. Of the thread of their session.
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


_HELD: Final = 25
"""Frames: 0.5 s, after which nothing of the cell's own voice comes back."""
_MARGIN_DB: Final = 6.0
_PLAYING_DB: Final = -55.0


class EchoGuard:
    """The level below which sound may be the cell's own voice.

    How strongly that comes back is learnt, from the safe side: at first as loud as it was played.
    """

    def __init__(self) -> None:
        self._own: deque[float] = deque(maxlen=_HELD)
        self._coupling_db = 0.0

    @property
    def playing(self) -> bool:
        """Whether the cell's own voice may be heard now."""
        return max(self._own, default=_ABSENT_DB) > _PLAYING_DB

    def threshold_db(self, own_db: float) -> float:
        """Take in what is being played; what is heard must be louder than this to be another's."""
        self._own.append(own_db)
        if not self.playing:
            return _ABSENT_DB
        return max(self._own) + self._coupling_db + _MARGIN_DB

    def learn(self, level_db: float, *, speaking: bool) -> None:
        """Compare with what is heard, as long as nobody else speaks."""
        if not self.playing or speaking:
            return
        gap = level_db - max(self._own) - self._coupling_db
        self._coupling_db += max(gap, -0.5) if gap < 0 else min(gap, 0.2)
        self._coupling_db = min(max(self._coupling_db, -60.0), 12.0)
