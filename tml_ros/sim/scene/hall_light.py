"""How bright a hall's lamps are at any time: on, off for a while, back with a short flicker.

Only few different levels occur, so that a picture per level can be kept. Knows nothing of the
renderer. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import EventKind, HallDescription, Scenario
from tml_ros.sim.scene.hall_looks import HallLook
from tml_ros.sim.shapes import Colour

_LIGHT = 0x11A7
FLICKERS_S = 0.7
STEP_S = 0.05
LEAST_LEFT, MOST_LEFT = 0.0, 0.6
"""Of the lamps' light while they are off, for an event of strength 1 and of strength 0."""


class HallLight:
    """The lamps of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        """Decide how they flicker."""
        self._off = [event for event in scenario.events if event.kind is EventKind.LAMP_OFF]
        rng = np.random.default_rng(np.random.SeedSequence([scenario.seed, _LIGHT]))
        steps = round(FLICKERS_S / STEP_S)
        self._flickers = rng.random((len(self._off), steps)) < np.linspace(0.7, 0.15, steps)

    def level(self, time_s: float) -> float:
        """Of the lamps' light, 0..1."""
        level = 1.0
        for event, flicker in zip(self._off, self._flickers, strict=True):
            left = LEAST_LEFT + (MOST_LEFT - LEAST_LEFT) * (1.0 - event.strength)
            since = time_s - event.at - event.lasts
            dark = time_s >= event.at and since < 0
            if 0 <= since < FLICKERS_S:
                dark = bool(flicker[int(since / STEP_S) % len(flicker)])
            level = min(level, left) if dark else level
        return round(level, 2)


@dataclass(frozen=True, slots=True)
class Brightness:
    """Light from all sides, from the one lamp that throws shadows, from all others, and from the
    windows: RGB each. shine: how bright the lamps themselves look, 0..1.
    """

    ambient: Colour
    lamp: Colour
    others: Colour
    windows: Colour
    shine: float


def brightness(hall: HallDescription, look: HallLook, level: float) -> Brightness:
    """Of everything, when the lamps are at a level."""
    lamp, day = hall.lamp * level, hall.daylight

    def mixed(of_lamp: float, of_day: float, always: float = 0.0) -> Colour:
        red, green, blue = (
            always + of_lamp * lamp * warm + of_day * day * cool
            for warm, cool in zip(look.lamp, look.window, strict=True)
        )
        return red, green, blue

    return Brightness(
        mixed(0.34, 0.42, 0.06), mixed(0.62, 0), mixed(0.26, 0), mixed(0, 0.26), 0.1 + 0.9 * level
    )
