"""Where in the hall sounds are made. Places are x, y, z in metres.

People speak where they are; who is nobody of the scenario speaks from one place all the time.
Knows nothing of the sounds. Owned by one thread.
"""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import EventKind, EventPart, MachinePart, Scenario
from tml_ros.sim.scene.people import People
from tml_ros.sim.sound.room import Point

MOUTH_M: Final = 1.5
MACHINE_M: Final = 1.0
HEIGHTS_M: Final = {
    EventKind.SIREN: 3.2,
    EventKind.IMPACT: 0.1,
    EventKind.CRY: 1.4,
    EventKind.RADIO: 1.2,
    EventKind.FAN: 2.2,
    EventKind.CLATTER: 0.8,
    EventKind.BEEPS: 1.6,
}

_SEED: Final = 0x91ACE


class SoundPlaces:
    """Of one scenario."""

    def __init__(self, scenario: Scenario) -> None:
        """Nobody is looked for yet."""
        self._scenario = scenario
        self._people: People | None = None

    def person(self, who: str, time_s: float) -> Point:
        """Of their mouth, or of a voice out of sight. Who has not come yet, or has gone, speaks
        from where they come in.
        """
        part = self._scenario.people.get(who)
        if part is None:
            return self._drawn(zlib.crc32(who.encode()), MOUTH_M)
        if self._people is None:
            self._people = People(self._scenario)
        for state in self._people.states(time_s):
            if state.name == who:
                return (*state.place, MOUTH_M)
        return (*part.at, MOUTH_M)

    def machine(self, part: MachinePart) -> Point:
        """Its middle."""
        return (*part.at, MACHINE_M)

    def event(self, event: EventPart, index: int) -> Point:
        """Where it was said to be, or a place drawn for the event of that index."""
        height = HEIGHTS_M[event.kind]
        if event.place is not None:
            return (*event.place, height)
        return self._drawn(index, height)

    def _drawn(self, number: int, height: float) -> Point:
        seed = np.random.SeedSequence([self._scenario.seed, _SEED, number])
        x, y = np.random.default_rng(seed).uniform(-0.45, 0.45, 2)
        return (
            float(x * self._scenario.hall.size[0]),
            float(y * self._scenario.hall.size[1]),
            height,
        )
