"""What happens in a simulated clip, and when: visits, siren, impact, strokes of the press.

All of it comes from the seed and the length of the clip. Knows nothing of pictures and sound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tml_ros.sim import floor_plan as plan
from tml_ros.sim.walk import Leg, Place, Walk

STORY_S = 40.0
"""One telling of the story: a long visit, the siren, a short visit, an impact."""
SIREN_S, IMPACT_S = 4.0, 0.5
LEAVING_S = 2.8
"""Who starts to leave is out of the zone by then."""
STROKE_S = 3.2
FACING_PRESS = math.pi / 2

GATE: tuple[Place, ...] = ((-3.2, 3.25), (-1.3, 2.75), (-0.60, 1.9))
"""From behind the left edge of the picture into the lane."""
FAR_CORNER: tuple[Place, ...] = ((2.7, -0.75), (3.4, -1.2), (4.1, -2.9))
"""Out by the right edge of the picture."""


@dataclass(frozen=True, slots=True)
class Shift:
    """visits: in order, never two at once. siren: (start, end) s; impact: s; None: not in it."""

    visits: tuple[Walk, ...]
    siren: tuple[float, float] | None
    impact: float | None

    def visit_at(self, time_s: float) -> Walk | None:
        """Whose walk goes on at that time."""
        return next((v for v in self.visits if v.start_s <= time_s <= v.end_s), None)


def make_shift(rng: np.random.Generator, seconds: float) -> Shift:
    """The story told once per 40 s or so; a short clip has the long visit alone."""
    tellings = max(1, round(seconds / STORY_S))
    length = seconds / tellings
    pace = length / STORY_S
    visits: list[Walk] = []
    siren: tuple[float, float] | None = None
    impact: float | None = None
    for begin in (telling * length for telling in range(tellings)):
        # The way in takes as long in a short clip, so that it begins sooner.
        start = begin + 2.8 - 5.4 * (1.0 - pace) + float(rng.uniform(-0.4, 0.4))
        long = _long_visit(rng, max(visits[-1].end_s + 0.5 if visits else 0.5, start), pace)
        free = begin + 24.0 * pace + float(rng.uniform(-0.3, 0.3))
        free = max(free, _leaves(long) + LEAVING_S)
        if begin == 0 and free + SIREN_S < seconds - 1.0:
            siren = (free, free + SIREN_S)
        start = begin + 27.2 * pace + float(rng.uniform(-0.5, 0.5))
        short = _short_visit(rng, max(long.end_s + 0.5, free + SIREN_S - 1.5, start), pace)
        visits += [visit for visit in (long, short) if _leaves(visit) < seconds - 1.5]
        free = begin + 37.9 * pace + float(rng.uniform(-0.2, 0.2))
        free = max(free, _leaves(short) + LEAVING_S)
        if begin == 0 and free < seconds - 1.2:
            impact = free
    return Shift(tuple(visits), siren, impact)


def ram_height(time_s: float) -> float:
    """How far up the ram is, 0 to 1: down fast but without a blow, a moment there, up, a rest."""
    share = (time_s % STROKE_S) / STROKE_S
    marks, heights = (0.0, 0.40, 0.62, 0.70, 1.0), (1.0, 1.0, 0.0, 0.0, 1.0)
    along = float(np.interp(share, marks, np.arange(5)))
    part, place = along % 1.0, min(int(along), 3)
    eased = part * part * (3 - 2 * part)
    return heights[place] + eased * (heights[place + 1] - heights[place])


def _long_visit(rng: np.random.Generator, start_s: float, pace: float) -> Walk:
    """Along the lane, past the zone, in from before it to the press, and out again."""
    at_press = (plan.PRESS_X + rng.uniform(-0.45, 0.25), plan.ZONE_Y1 - rng.uniform(0.75, 1.0))
    step_in = (at_press[0] + rng.uniform(-0.1, 0.25), plan.ZONE_Y0 - 0.7)
    came = (*GATE, (-0.55, 0.5), (-0.1, -0.65), (0.9, -0.78), step_in, at_press)
    back = ((1.2, -0.85), (-0.1, -0.7), (-0.58, 0.5), *reversed(GATE))
    left = back if rng.uniform() < 0.5 else FAR_CORNER
    legs = (
        Leg(came, 8.0 * pace, FACING_PRESS + float(rng.uniform(-0.25, 0.25))),
        Leg((at_press, (at_press[0], plan.ZONE_Y0 - 0.8), *left)),
    )
    return Walk(legs, start_s=start_s, speed=float(rng.uniform(1.12, 1.28)))


def _short_visit(rng: np.random.Generator, start_s: float, pace: float) -> Walk:
    """In from the lane, over the left line, and back."""
    inside = (plan.ZONE_X0 + rng.uniform(0.45, 0.7), 1.2 + rng.uniform(-0.2, 0.3))
    legs = (
        Leg((*GATE, (-0.5, 1.3), inside), 2.0 * pace, float(rng.uniform(0.2, 0.9))),
        Leg((inside, (-0.5, inside[1]), *reversed(GATE))),
    )
    return Walk(legs, start_s=start_s, speed=float(rng.uniform(1.18, 1.34)))


def _leaves(visit: Walk) -> float:
    """When the visitor starts to leave."""
    times = np.arange(visit.start_s, visit.end_s, 0.1)
    return float(max(t for t in times if (state := visit.at(t)) and state.stillness > 0.5))
