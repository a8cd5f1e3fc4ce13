"""How a camera trembles on its mast: with every stroke of a press, and when something passes by.

Each tremor rings off within a second. Any moment can be asked for. Knows nothing of the picture.
Pure after it is made.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import MachineKind, Scenario
from tml_ros.sim.scene.machines.motion import stroke_times
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
        self._ringing = 2 * math.pi * RINGING.draw(rng, scenario.looks)
        self._lean = rng.uniform(0.3, 1.0, 2) * rng.choice((-1.0, 1.0), 2)
        self._phases = rng.uniform(0, 2 * math.pi, 2)
        begins, sizes = _passing(scenario.seconds, rng)
        strokes = [
            time_s
            for machine in scenario.machines.values()
            if machine.kind is MachineKind.PRESS
            for time_s in stroke_times(machine, scenario.seconds)
        ]
        begins = np.concatenate([begins, strokes])
        sizes = np.concatenate([sizes, np.full(len(strokes), STROKE_SHARE)])
        order = np.argsort(begins, kind="stable")
        self._begins, self._sizes = begins[order], sizes[order]

    def offset(self, time_s: float) -> tuple[float, float]:
        """How far the picture is moved to the right and down, pixels."""
        if not self._most:
            return 0.0, 0.0
        first, last = np.searchsorted(self._begins, (time_s - ENDS, time_s), side="right")
        rung = np.exp((self._begins[first:last] - time_s) / DECAY)
        reach = self._most * min(1.0, float(self._sizes[first:last] @ rung))
        across, down = (
            reach * float(lean) * math.sin(self._ringing * time_s + float(phase))
            for lean, phase in zip(self._lean, self._phases, strict=True)
        )
        return across, down


def _passing(
    seconds: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When something passes by and how it shakes the camera, 0..1."""
    windows = math.ceil(seconds / WINDOW) + 1
    begins = (np.arange(windows) + rng.uniform(0, 1, windows)) * WINDOW
    sizes = rng.uniform(0.3, 1.0, windows) * (rng.uniform(0, 1, windows) < 0.5)
    return begins, sizes
