"""Where each foot stands and when it swings: planned step by step, so that no foot ever slides.

Knows nothing of bodies. A footprint is float64 [3]: the middle of the sole (x, y in metres) and
its heading in radians. Pure
once the plan is finished.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SHORTEST_S = 0.16
"""No foot swings faster."""


class Footsteps:
    """The steps of one foot, added in the order of time."""

    def __init__(self, first: tuple[float, float, float]) -> None:
        """Stand there from the beginning of all times."""
        self._prints = [first]
        self._lifts: list[float] = []
        self._lands: list[float] = []

    @property
    def last(self) -> tuple[float, float, float]:
        """Where it stands after all steps so far."""
        return self._prints[-1]

    def step(self, lift_s: float, land_s: float, footprint: tuple[float, float, float]) -> None:
        """Swing to a footprint; later where the foot is still in the air."""
        if self._lands:
            lift_s = max(lift_s, self._lands[-1])
        self._lifts.append(lift_s)
        self._lands.append(max(land_s, lift_s + SHORTEST_S))
        x, y, heading = footprint
        turn = (heading - self.last[2] + math.pi) % (2 * math.pi) - math.pi
        self._prints.append((x, y, self.last[2] + turn))

    def put(self, time_s: float, footprint: tuple[float, float, float]) -> None:
        """Be there from then on, without a step, and forget steps that are not begun then."""
        while self._lifts and self._lifts[-1] >= time_s:
            self._lifts.pop()
            self._lands.pop()
            self._prints.pop()
        if self._lands:
            self._lands[-1] = min(self._lands[-1], time_s)
        self._lifts.append(time_s)
        self._lands.append(time_s)
        self._prints.append(footprint)

    def at(self, times: Array) -> tuple[Array, Array]:
        """Footprints float64 [n, 3], and how much of a swing is done: 0 and 1 are on the floor."""
        prints = np.array(self._prints)
        if not self._lifts:
            return np.repeat(prints, len(times), axis=0), np.zeros(len(times))
        lifts, lands = np.array(self._lifts), np.array(self._lands)
        steps = np.searchsorted(lifts, times, side="right") - 1
        begun = np.maximum(steps, 0)
        # A foot that is put somewhere takes no time, and is there at that very moment.
        lasts = np.maximum(lands[begun] - lifts[begun], 1e-9)
        swung = np.clip((times - lifts[begun] + 1e-9) / lasts, 0.0, 1.0)
        swung = np.where(steps < 0, 0.0, swung)
        moved = swung * swung * (3 - 2 * swung)
        return prints[begun] + moved[:, None] * (prints[begun + 1] - prints[begun]), swung
