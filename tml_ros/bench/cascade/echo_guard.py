"""Below which level sound may be the cell's own voice, come back from its loudspeaker.

How late and how strongly it comes back is learnt while it speaks, frame of 20 ms by frame, levels
alone: for each possible delay the difference between what is heard and what was played is followed,
and the delay with the steadiest difference is believed. No sample is cancelled: it only says how
loud somebody else must be to be told from the echo. Levels are dB of full scale. Of the thread of
its session.
"""

from __future__ import annotations

from typing import Final

import numpy as np

ABSENT_DB: Final = -100.0
_PLAYING_DB: Final = -60.0
_LAGS: Final = 21
"""Delays of 0 to 0.4 s."""
_LOUD_DB: Final = 25.0
"""Parts of the voice that are softer than its loudest by more are too soft to learn from."""
_LATEST: Final = 40
"""Frames over which is averaged: 0.8 s."""
_DOUBTED: Final = 0.02
"""Weight of a frame that may be somebody else's."""
_FADE_DB: Final = 3.0
"""Per frame, by which the room lets the echo die away."""
_SPREADS: Final = 1.5
_MARGIN_DB: Final = 2.0
_MASKED_DB: Final = 3.0
"""What is heard is no louder than the noise: then the echo is at most that loud."""


class EchoGuard:
    """Begins with the guess that the voice comes back as loud as it is played."""

    def __init__(self) -> None:
        self._own = np.full(_LAGS + 1, ABSENT_DB)
        """Levels that were played, the newest first."""
        self._difference = np.zeros(_LAGS)
        self._spread = np.full(_LAGS, 9.0)
        """Squared."""
        self._learnt = np.full(_LAGS, 3.0)
        self._echo_db = ABSENT_DB

    @property
    def playing(self) -> bool:
        """Whether the cell's own voice may be heard now."""
        return bool(self._own.max() > _PLAYING_DB)

    @property
    def delay(self) -> int:
        """Frames by which the voice is believed to come back late."""
        return int(np.argmin(self._spread))

    def threshold_db(self, own_db: float) -> float:
        """Take in what is being played; what is heard must be louder than this to be another's."""
        self._own = np.roll(self._own, 1)
        self._own[0] = max(own_db, ABSENT_DB)
        lag = self.delay
        # Frames of what is heard and what was played do not lie exactly upon one another.
        played = float(self._own[max(0, lag - 1) : lag + 2].max())
        echo = played + float(self._difference[lag])
        self._echo_db = max(echo, self._echo_db - _FADE_DB, ABSENT_DB)
        if not self.playing:
            return ABSENT_DB
        return self._echo_db + _SPREADS * float(np.sqrt(self._spread[lag])) + _MARGIN_DB

    def learn(self, level_db: float, *, floor_db: float, doubtful: bool) -> None:
        """Compare with what is heard. doubtful: it may well be somebody else."""
        if not self.playing:
            return
        own = self._own[:_LAGS]
        gap = level_db - own - self._difference
        if level_db < floor_db + _MASKED_DB:
            gap = np.minimum(gap, 0.0)
        loud = own > max(self._own.max() - _LOUD_DB, _PLAYING_DB)
        self._learnt = np.minimum(self._learnt + loud, _LATEST)
        weight = np.where(loud, (_DOUBTED if doubtful else 1.0) / self._learnt, 0.0)
        self._difference += weight * gap
        self._spread += weight * (gap**2 - self._spread)
