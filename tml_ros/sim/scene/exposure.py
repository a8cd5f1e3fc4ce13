"""How bright a camera takes its pictures from moment to moment: its gain, and the lamps' flicker.

A real camera's gain follows the picture with a lag, wherefore a picture would depend on all those
before it. Here the gain is a curve that is known beforehand, so that any moment can be asked for:
slow waves, and the answer of a lagging controller to lamps that fail and to a gate that opens.
Knows nothing of the picture. Pure after it is made.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import EventKind, Scenario
from tml_ros.sim.split import Band

WAVE_PERIOD = Band(train=((3.0, 7.0), (10.0, 20.0)), held_out=((7.0, 10.0),))
"""Of the gain's slow waves, s."""
WAVE_DEPTH = 0.22
"""Of all waves together, in natural logarithms, where `exposure` is 1."""
ANSWER_DAMPING = Band(train=((0.7, 1.1), (1.5, 2.0)), held_out=((1.1, 1.5),))
"""How quickly the controller settles, 1/s."""
ANSWER_SWING = 1.6
"""How quickly it swings while it settles, rad/s."""
ANSWERS = {EventKind.LAMP_OFF: 0.7, EventKind.DOOR: -0.45}
"""What the gain goes to, in natural logarithms, where `exposure` and the event's strength are 1."""
LEAST, MOST = 0.45, 2.2

BEAT = Band(train=((0.4, 1.2), (1.8, 3.0)), held_out=((1.2, 1.8),))
"""Between twice the mains frequency and a multiple of the frame rate, Hz."""
BANDS = Band(train=((0.6, 1.4), (2.0, 3.0)), held_out=((1.4, 2.0),))
"""Dark and bright bands in the height of the picture."""
BEAT_DEPTH, BAND_DEPTH = 0.06, 0.10
_WAVES = 3


class Exposure:
    """One camera's gain and flicker. camera: a name of `scenario.cameras`. rng: its own."""

    def __init__(self, scenario: Scenario, camera: str, rng: np.random.Generator) -> None:
        """Draw the curve."""
        part = scenario.cameras[camera]
        looks = scenario.looks
        periods = np.array([WAVE_PERIOD.draw(rng, looks) for _ in range(_WAVES)])
        self._speeds = 2 * math.pi / periods
        self._phases = rng.uniform(0, 2 * math.pi, _WAVES)
        depths = rng.uniform(0.5, 1.0, _WAVES)
        self._depths = WAVE_DEPTH * part.exposure * depths / depths.sum()
        self._damping = ANSWER_DAMPING.draw(rng, looks)
        self._steps = [
            (edge, sign * ANSWERS[event.kind] * event.strength * part.exposure)
            for event in scenario.events
            if event.kind in ANSWERS
            for edge, sign in ((event.at, 1.0), (event.at + event.lasts, -1.0))
        ]
        self._flicker = part.flicker
        self._beat = 2 * math.pi * BEAT.draw(rng, looks)
        self._rows = 2 * math.pi * BANDS.draw(rng, looks) * np.arange(part.size[1]) / part.size[1]
        self._flicker_phases = rng.uniform(0, 2 * math.pi, 2)
        # Gas discharge lamps do not flicker equally in all colours.
        self._tint = 1.0 + rng.uniform(-0.35, 0.35, 3)

    def gain(self, time_s: float) -> float:
        """The gain at that moment; 1 is the scene as it is."""
        level = float(self._depths @ np.sin(self._speeds * time_s + self._phases))
        level += sum(size * self._answer(time_s - begin) for begin, size in self._steps)
        return min(MOST, max(LEAST, math.exp(level)))

    def flicker(self, time_s: float) -> NDArray[np.float32]:
        """What the lamps' flicker multiplies the picture with: float32 [h, 1, 3]."""
        whole, rolling = self._flicker_phases
        beat = BEAT_DEPTH * math.sin(self._beat * time_s + whole)
        bands = BAND_DEPTH * np.sin(self._rows - self._beat * time_s + rolling)
        swing = self._flicker * (beat + bands)
        return np.asarray(1 + swing[:, None, None] * self._tint, np.float32)

    def _answer(self, since: float) -> float:
        """How far the controller has gone, `since` seconds after a step: from 0 over 1 to 1."""
        if since <= 0:
            return 0.0
        turn = ANSWER_SWING * since
        fall = math.exp(-self._damping * since)
        return 1 - fall * (math.cos(turn) + self._damping / ANSWER_SWING * math.sin(turn))
