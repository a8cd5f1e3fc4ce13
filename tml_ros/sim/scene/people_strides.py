"""Which foot comes down where and when along a way.

Knows nothing of bodies; a foot carries while the body passes over it, and swings in between. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scene.people_skeleton import SOLE_FORWARD
from tml_ros.sim.scene.people_way import Way
from tml_ros.sim.worker import HIP_WIDTH

STANDING_WIDTH = HIP_WIDTH + 0.035
"""How far each foot is from the middle in standing, m at size 1."""
TOES_OUT = 0.12
_FIRST_S = 0.22
_CLOSES_S = 0.08
_EVER = -1e6
"""Long before every scenario."""


@dataclass(frozen=True, slots=True)
class Stride:
    """A foot lifts and lands on a footprint. taken_before: it stands there when the way begins."""

    left: bool
    lift_s: float
    land_s: float
    footprint: tuple[float, float, float]
    taken_before: bool


def strides(
    way: Way, *, count: int, size: float, first_left: bool, from_rest: bool, to_rest: bool
) -> Iterator[Stride]:
    """All steps of a way of `count` steps, and one more that closes up or goes on."""
    length = way.length / count
    carries = _carrying(way.speed) * length
    for number in range(1 if from_rest else -1, count + 2):
        reached = number * length
        closes = to_rest and number >= count
        # The ankle, not the sole, stands below the hips in mid-stance.
        target = way.length if closes else reached + SOLE_FORWARD * size
        lift, land = way.when(reached + carries - 2 * length), way.when(reached - carries)
        if from_rest:
            lift = max(lift, way.start_s)
            land = max(land, lift + _FIRST_S) if number == 1 else land
        if closes:
            land = min(land, way.end_s + _CLOSES_S)
        before = number < 1
        left = (number % 2 == 1) is first_left
        sign = 1.0 if left else -1.0
        where = np.array([target])
        x, y = way.place(where, sign * size * (STANDING_WIDTH if closes else HIP_WIDTH))[0]
        toes = float(way.heading(where)[0]) + sign * TOES_OUT
        yield Stride(
            left, lift, _EVER + number if before else land, (float(x), float(y), toes), before
        )


def step_length(speed: float) -> float:
    """Of one step at size 1, m."""
    return min(max(0.30 + 0.27 * speed, 0.34), 0.98)


def _carrying(speed: float) -> float:
    """For how much of two steps a foot is on the floor: less than a half in running."""
    return float(np.interp(speed, (1.6, 2.6), (0.60, 0.42)))
