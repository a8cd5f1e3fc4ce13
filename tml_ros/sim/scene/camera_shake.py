"""How a camera trembles on its mast: with every stroke of a press, and when something passes by.

Each tremor rings off within a second. Any moment can be asked for. Knows nothing of the picture.
Pure after it is made.
"""

from __future__ import annotations

import math

import numpy as np

from tml_ros.sim.scenario.scenario import MachineKind, MachinePart, Scenario
from tml_ros.sim.split import Band

MOST = 1.5
"""Pixels in a picture 240 pixels wide, where `shake` is 1."""
RINGING = Band(train=((5.0, 7.5), (9.5, 12.0)), held_out=((7.5, 9.5),))
"""Of the mast, Hz."""
DECAY = 0.22
"""Seconds until a tremor is down to a third."""
ENDS = 1.2
WINDOW = 3.0
"""At most one thing passes by in so many seconds, and in about half of them."""
STROKE_SHARE = 0.6
"""Of the tremor of a press to the largest."""


class CameraShake:
    """One camera's tremors. camera: a name of `scenario.cameras`. rng: its own."""

    def __init__(self, scenario: Scenario, camera: str, rng: np.random.Generator) -> None:
        """Draw how the mast rings and what passes by."""
        part = scenario.cameras[camera]
        self._most = MOST * part.shake * part.size[0] / 240
        self._presses = [m for m in scenario.machines.values() if m.kind is MachineKind.PRESS]
        self._ringing = 2 * math.pi * RINGING.draw(rng, scenario.looks)
        self._lean = rng.uniform(0.3, 1.0, 2) * rng.choice((-1.0, 1.0), 2)
        self._phases = rng.uniform(0, 2 * math.pi, 2)
        windows = math.ceil(scenario.seconds / WINDOW) + 1
        begins = (np.arange(windows) + rng.uniform(0, 1, windows)) * WINDOW
        sizes = rng.uniform(0.3, 1.0, windows) * (rng.uniform(0, 1, windows) < 0.5)
        self._passing = list(zip(begins.tolist(), sizes.tolist(), strict=True))

    def offset(self, time_s: float) -> tuple[float, float]:
        """How far the picture is moved to the right and down, pixels."""
        if not self._most:
            return 0.0, 0.0
        strength = sum(
            size * math.exp(-(time_s - begin) / DECAY)
            for begin, size in (*self._near(time_s), *self._strokes(time_s))
            if 0 <= time_s - begin < ENDS
        )
        reach = self._most * min(1.0, strength)
        across, down = (
            reach * float(lean) * math.sin(self._ringing * time_s + float(phase))
            for lean, phase in zip(self._lean, self._phases, strict=True)
        )
        return across, down

    def _near(self, time_s: float) -> list[tuple[float, float]]:
        last = int(time_s / WINDOW)
        return self._passing[max(0, last - 1) : last + 1]

    def _strokes(self, time_s: float) -> list[tuple[float, float]]:
        return [
            (begin, STROKE_SHARE)
            for press in self._presses
            if (begin := _last_stroke(press, time_s)) is not None
        ]


def _last_stroke(press: MachinePart, time_s: float) -> float | None:
    """When the press last struck; None where it stood still then."""
    stroke = math.floor(time_s / press.period) * press.period
    stands = any(begin <= stroke < end for begin, end in press.stops)
    return None if stands else stroke
