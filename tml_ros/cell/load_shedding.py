"""What a cell leaves out where its turns come late, and when it takes it up again.

Short signs of listening go first, then how finely speech is drawn, then pictures, down to what lets
every patch be looked at in time. Hazards are judged in every turn, whatever happens. A pure state
machine: it is told how long turns took and knows nothing of clocks or models. One thread owns it.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final

from tml_ros.model.effort import FULL, Effort
from tml_ros.turn.micro_turn import TURN_NS

LATE_TURNS: Final = 2
"""So many late turns ..."""
WATCHED_TURNS: Final = 10
"""... among so many, since the last change, leave out one thing more."""
CALM_NS: Final = TURN_NS * 6 // 10
"""A turn that is answered so soon is a calm one: there is room for more."""
CALM_TURNS: Final = 50
"""So many calm turns on end take one thing up again; after a change that did not last, twice as
many as before."""
MOST_CALM_TURNS: Final = 800


class Shed(Enum):
    """What is left out; each leaves out what those before it do."""

    NOTHING = "nothing"
    BACKCHANNELS = "backchannels"
    VOICE = "voice"
    SOME_PATCHES = "some_patches"
    PATCHES = "patches"

    @property
    def effort(self) -> Effort:
        """What a session still does."""
        return _EFFORTS[self]

    @property
    def level(self) -> int:
        """How many things are left out."""
        return LEVELS.index(self)


LEVELS: Final = tuple(Shed)
_EFFORTS: Final = {
    Shed.NOTHING: FULL,
    Shed.BACKCHANNELS: Effort(backchannels=False),
    Shed.VOICE: Effort(backchannels=False, voice=0.0),
    Shed.SOME_PATCHES: Effort(backchannels=False, voice=0.0, patches=0.5),
    Shed.PATCHES: Effort(backchannels=False, voice=0.0, patches=0.0),
}


class LoadShedding:
    """Goes down and up, one step at a time."""

    def __init__(self) -> None:
        """Leave out nothing."""
        self._level = 0
        self._late: deque[bool] = deque(maxlen=WATCHED_TURNS)
        self._calm = 0
        self._patience = CALM_TURNS
        self._on_trial = False

    @property
    def shed(self) -> Shed:
        """What is left out now."""
        return LEVELS[self._level]

    def answered(self, took_ns: int) -> Shed:
        """A turn was answered so long after it had closed; what is left out from now on."""
        self._late.append(took_ns > TURN_NS)
        self._calm = self._calm + 1 if took_ns <= CALM_NS else 0
        if sum(self._late) >= LATE_TURNS and self._level < len(LEVELS) - 1:
            if self._on_trial:
                self._patience = min(2 * self._patience, MOST_CALM_TURNS)
            self._change(+1)
        elif self._calm >= self._patience:
            if self._level:
                self._change(-1)
            elif self._on_trial:
                # All of it was done for as long as it was waited for: the trouble is over.
                self._on_trial, self._patience = False, CALM_TURNS
        return self.shed

    def _change(self, step: int) -> None:
        self._level += step
        self._on_trial = step < 0
        self._late.clear()
        self._calm = 0
