"""How a session's memory is divided: which slots of the ring hold what, and for how long.

    pinned: sinks, instructions | text | act | pinned: sensor sinks | boundary | sensors | spare

The dialogue half of a turn attends to all of it, the sensor half from the sensor sinks on. The
spare slot takes what is written for nobody (padding of a batch) and is never seen. Pure numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import Preset

FOREVER = 1 << 59
"""Turns that something pinned lasts."""
NEVER = -(1 << 60)
"""The turn of an empty slot."""


@dataclass(frozen=True, slots=True)
class Region:
    """Slots [first, first + size), each seen for `lasts` turns, its own included."""

    first: int
    size: int
    lasts: int


@dataclass(frozen=True, slots=True)
class RingPlan:
    """The regions of one session, in the order of their slots."""

    sinks: Region
    instructions: Region
    text: Region
    act: Region
    sensor_sinks: Region
    boundary: Region
    sensors: Region

    @classmethod
    def of(cls, preset: Preset) -> RingPlan:
        """The division for a preset."""
        memory = preset.memory
        sensors = (preset.sensor_tokens_per_turn - 1) * memory.sensor_turns
        sizes = (
            (memory.sinks, FOREVER),
            (memory.instruction_tokens, FOREVER),
            (memory.text_tokens, memory.turns),
            (memory.turns, memory.turns),
            (memory.sinks, FOREVER),
            (memory.turns, memory.turns),
            (sensors, memory.sensor_turns),
        )
        regions, first = [], 0
        for size, lasts in sizes:
            regions.append(Region(first, size, lasts))
            first += size
        return cls(*regions)

    @property
    def regions(self) -> tuple[Region, ...]:
        """All of them, in order."""
        return (
            self.sinks,
            self.instructions,
            self.text,
            self.act,
            self.sensor_sinks,
            self.boundary,
            self.sensors,
        )

    @property
    def dialogue(self) -> int:
        """How many slots only the dialogue half sees: the first ones."""
        return self.sensor_sinks.first

    @property
    def spare(self) -> int:
        """The slot that is never seen; the last one."""
        return self.sensors.first + self.sensors.size

    @property
    def slots(self) -> int:
        """All slots, the spare one included."""
        return self.spare + 1

    def lasts(self) -> NDArray[np.int64]:
        """int64 [slots]: turns for which each slot is seen."""
        turns = np.zeros(self.slots, np.int64)
        for region in self.regions:
            turns[region.first : region.first + region.size] = region.lasts
        return turns
