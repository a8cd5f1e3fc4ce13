"""What a distractor draws from its scenario's seed, and how it comes and goes.

Knows nothing of looks. Metres, seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import EventPart, Place, Scenario
from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool, Split

SEED = 303
"""Sets the draws of distractors apart from all others."""
FROM_CAMERA_M = 2.5
"""Nothing hangs or stands nearer to a camera than this, seen from above."""


@dataclass(frozen=True, slots=True)
class EventDraws:
    """Draws one event's look; each event has draws of its own."""

    rng: np.random.Generator
    looks: Split

    @classmethod
    def of(cls, scenario: Scenario, index: int) -> EventDraws:
        """The draws of the event `index` of the scenario."""
        own = np.random.SeedSequence([scenario.seed, SEED, index])
        return cls(np.random.default_rng(own), scenario.looks)

    def number(self, band: Band) -> float:
        """A number of the band."""
        return band.draw(self.rng, self.looks)

    def colour(self, pool: Pool[Colour]) -> Colour:
        """A colour of the pool."""
        return pool.draw(self.rng, self.looks)

    def place(self, scenario: Scenario, event: EventPart, *, share: float = 0.6) -> Place:
        """Where the event says, else in the middle share of the floor and away from cameras."""
        if event.place is not None:
            return event.place
        wide, deep = (share * size / 2 for size in scenario.hall.size)
        drawn = [(self.rng.uniform(-wide, wide), self.rng.uniform(-deep, deep)) for _ in range(12)]
        for place in drawn:
            cameras = scenario.cameras.values()
            if all(math.dist(place, camera.at[:2]) > FROM_CAMERA_M for camera in cameras):
                return place
        return drawn[-1]

    def zone_place(self, scenario: Scenario, event: EventPart) -> Place:
        """Where the event says, else mostly in a zone."""
        zones = list(scenario.zones.values())
        if event.place is not None or not zones or self.rng.random() < 0.3:
            return self.place(scenario, event)
        corners = np.array(zones[int(self.rng.integers(len(zones)))].polygon)
        corner = corners[int(self.rng.integers(len(corners)))]
        x, y = corners.mean(axis=0) + self.rng.uniform(0, 0.9) * (corner - corners.mean(axis=0))
        return float(x), float(y)


def shown(event: EventPart, time_s: float, *, fade_s: float) -> float:
    """How much of something there is that comes and goes within `fade_s` each, 0..1."""
    fade = min(fade_s, event.lasts / 2)
    in_, out = (time_s - event.at) / fade, (event.at + event.lasts - time_s) / fade
    return min(max(min(in_, out), 0.0), 1.0)


def step_of(share: float, steps: int) -> int | None:
    """Which of so many steps, shown one at a time, stands for a share; None for nothing."""
    if share <= 0.0:
        return None
    return min(int(share * steps), steps - 1)


def eased(share: float) -> float:
    """A share, evenly begun and ended."""
    clipped = min(max(share, 0.0), 1.0)
    return clipped * clipped * (3 - 2 * clipped)
