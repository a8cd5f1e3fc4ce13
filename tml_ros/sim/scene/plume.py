"""A plume: puffs that rise from one place, drift, grow and thin out.

Any moment can be asked for; a puff's way is a function of its age. Knows nothing of pictures.
Pure after it is made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import EventPart
from tml_ros.sim.scene.smoke_looks import SPRITES, SmokeLook

PUFFS_PER_S = 8.0
LIFE = 5.5
"""Of a puff of the column, s."""
VEIL_EVERY = 6
"""Of so many puffs one lives long and spreads: the veil that stays under the roof."""
VEIL_LIFE = 10.9
"""So that within 12 s after its end nothing is left, s; the truth about smoke relies on it."""
SWELLS = 3.0
"""Until the source gives its all, s."""
FOOT = 0.12
"""Where the smoke begins, m above the floor."""
ROOF = 3.6
"""Above this it only spreads, m."""


@dataclass(frozen=True, slots=True)
class Puffs:
    """place: float64 [n, 3], m. radius: m. thickness: optical, of the middle. sprite: which. turn:
    radians. Each but `place` [n].
    """

    place: NDArray[np.float64]
    radius: NDArray[np.float64]
    thickness: NDArray[np.float64]
    sprite: NDArray[np.int64]
    turn: NDArray[np.float64]


def smoke_amount(event: EventPart, time_s: float) -> float:
    """How much smoke its source gives at that moment: 0..1, `strength` at the most."""
    since = time_s - event.at
    if not 0 <= since < event.lasts:
        return 0.0
    return event.strength * min(1.0, 0.2 + 0.8 * since / SWELLS)


class Plume:
    """The smoke of one event. rng: its own."""

    def __init__(self, event: EventPart, look: SmokeLook, rng: np.random.Generator) -> None:
        """Draw every puff."""
        if event.place is None:
            raise ValueError("smoke has a place")
        count = max(1, math.ceil(event.lasts * PUFFS_PER_S))
        self._look, self._foot = look, np.array((*event.place, FOOT))
        self._born = event.at + (np.arange(count) + rng.uniform(0, 0.9, count)) / PUFFS_PER_S
        self._veil = np.arange(count) % VEIL_EVERY == VEIL_EVERY - 1
        self._life = np.where(self._veil, VEIL_LIFE, LIFE) * rng.uniform(0.8, 1.1, count)
        amount = np.array([smoke_amount(event, float(born)) for born in self._born])
        self._begins, self._ends = event.at, event.at + event.lasts + 1.1 * VEIL_LIFE
        width = 0.6 + 0.5 * event.strength
        self._radius = width * rng.uniform(0.22, 0.34, count)
        self._growth = look.spread * width * rng.uniform(0.75, 1.25, count)
        self._thick = 2.0 * look.density * np.sqrt(amount) * rng.uniform(0.6, 1.3, count)
        self._thick *= np.where(self._veil, 0.7, 1.0)
        self._aside = rng.normal(0, 0.10, (count, 2)) * width
        self._sprite = rng.integers(0, SPRITES, count)
        self._turn = rng.uniform(-0.6, 0.6, count)
        self._spin = rng.uniform(-0.25, 0.25, count)
        self._sway = rng.uniform(0, 2 * math.pi, 4)

    def puffs(self, time_s: float) -> Puffs | None:
        """What is in the air; None for nothing."""
        if not self._begins <= time_s < self._ends:
            return None
        ages = time_s - self._born
        alive = np.flatnonzero((ages > 0) & (ages < self._life))
        if not len(alive):
            return None
        age, share = ages[alive], ages[alive] / self._life[alive]
        # What rises takes air along and slows down.
        slowing = np.where(self._veil[alive], 3.4, 2.6)
        height = self._look.rise * slowing * (1 - np.exp(-age / slowing))
        height = ROOF * np.tanh(height / ROOF)
        radius = self._radius[alive] + self._growth[alive] * age
        place = self._foot + np.column_stack([self._away(alive, age, height), height])
        begins = np.minimum(1, age / 0.35)
        fades = np.clip(1.25 * (1 - share), 0, 1) ** 1.2
        thins = (self._radius[alive] / radius) ** 0.75
        return Puffs(
            place,
            radius,
            self._thick[alive] * begins * fades * thins,
            self._sprite[alive],
            self._turn[alive] + self._spin[alive] * age,
        )

    def _away(
        self, alive: NDArray[np.int64], age: NDArray[np.float64], height: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How far from above the foot, m: the draught, and slow waves along the whole column."""
        drift = np.outer(age * (0.35 + 0.65 * height / ROOF), self._look.draught)
        born = self._born[alive]
        waves = [
            np.sin(2 * math.pi * (born / slow + age / 5.0) + self._sway[2 * axis])
            + 0.5 * np.sin(2 * math.pi * (born / quick - age / 3.0) + self._sway[2 * axis + 1])
            for axis, (slow, quick) in enumerate(((4.1, 1.7), (5.3, 1.3)))
        ]
        sway = np.column_stack(waves) * (0.10 * height)[:, None]
        return np.asarray(drift + sway + self._aside[alive] * (1 + age)[:, None] * 0.8, np.float64)
